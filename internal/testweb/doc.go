// Package testweb is a small internet on loopback: invented Vietnamese outlets that publish
// over time, and a ledger of what was asked of them and of what there was to find. It serves
// the demo, tests and benchmarks, and knows nothing of the code that crawls it.
package testweb

import "time"

// Disclaimer stands in the footer of every page and in the description of every feed.
const Disclaimer = "Trang mẫu do dự án Lamro viết ra, không phải báo thật"

// Quiet is the time before the end of a run in which nothing is published or edited, so that
// whoever reads has time to finish. What is younger when the ledger judges is not counted.
const Quiet = 20 * time.Second
