// Command placesyaml writes a first places.yaml for a province of today, to be edited by hand:
//
//	go run ./analyzer/places/cmd/placesyaml 92 > configs/provinces/can-tho/places.yaml
package main

import (
	"fmt"
	"os"

	"lamro/analyzer/places"
	"lamro/analyzer/places/national"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: placesyaml PROVINCE-CODE")
		os.Exit(2)
	}
	d, err := national.Load()
	if err == nil {
		err = places.Generate(os.Stdout, d, os.Args[1])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
