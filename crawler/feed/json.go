package feed

import (
	"encoding/json"
	"fmt"
	"strings"

	"lamro/crawler/page"
)

// parseJSON reads a JSON Feed. An item that is not as the format says costs only itself, and a
// document that is cut off gives the items before the cut.
func parseJSON(doc string) (Feed, error) {
	d := json.NewDecoder(strings.NewReader(doc))
	f := Feed{Kind: JSON}
	seen := false
	for token, err := d.Token(); ; token, err = d.Token() {
		if err != nil {
			if !seen {
				return Feed{}, fmt.Errorf("%w: %w", ErrUnknown, err)
			}
			f.Partial = true
			return f, nil
		}
		name, ok := token.(string)
		if !ok {
			if token == json.Delim('}') {
				break
			}
			continue
		}
		switch name {
		case "items":
			seen = true
			if err := jsonItems(d, &f); err != nil {
				f.Partial = true
				return f, nil //nolint:nilerr // what stood whole before the damage is kept
			}
		default:
			var value any
			if err := d.Decode(&value); err != nil {
				f.Partial = seen
				continue
			}
			if s, ok := value.(string); ok && name == "title" {
				f.Title = page.Plain(s)
			}
			seen = seen || name == "version" && strings.Contains(fmt.Sprint(value), "jsonfeed.org")
		}
	}
	if !seen {
		return Feed{}, fmt.Errorf("%w: JSON without items", ErrUnknown)
	}
	return f, nil
}

func jsonItems(d *json.Decoder, f *Feed) error {
	if token, err := d.Token(); err != nil || token != json.Delim('[') {
		return fmt.Errorf("%w: items is no list", ErrUnknown)
	}
	for d.More() {
		var fields map[string]any
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		if len(f.Items) >= 10*MaxItems {
			continue
		}
		if err := json.Unmarshal(raw, &fields); err != nil {
			f.Partial = true
			continue
		}
		f.Items = append(f.Items, jsonItem(fields))
	}
	_, err := d.Token()
	return err
}

func jsonItem(fields map[string]any) Item {
	text := func(name string) string {
		switch v := fields[name].(type) {
		case string:
			return v
		case float64:
			return strings.TrimSuffix(fmt.Sprintf("%f", v), ".000000")
		}
		return ""
	}
	it := Item{
		URL:     firstOf(text("url"), text("external_url")),
		Title:   page.Plain(text("title")),
		Summary: summary(firstOf(text("summary"), text("content_text"), text("content_html"))),
		GUID:    page.Text(text("id")),
	}
	if it.URL == "" && strings.HasPrefix(it.GUID, "http") {
		it.URL = it.GUID
	}
	it.setPublished(text("date_published"))
	it.setUpdated(text("date_modified"))
	return it
}
