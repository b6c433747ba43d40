package try

import (
	"context"

	"lamro/crawler/fetch/robots"
)

type robotsInput struct {
	RobotsTxt string `json:"robots_txt"`
	UserAgent string `json:"user_agent"`
	URL       string `json:"url"`
}

type robotsOutput struct {
	Allowed bool   `json:"allowed"`
	Rule    string `json:"rule"` // the line that decided, empty where none did
}

// Robots is `try robots`, a function for Run: whether one robots.txt lets one agent fetch one
// address.
func Robots(_ context.Context, raw []byte) (any, error) {
	var in robotsInput
	if err := decode(raw, &in); err != nil {
		return nil, err
	}
	allowed, rule := robots.Parse([]byte(in.RobotsTxt)).Allowed(in.UserAgent, in.URL)
	return robotsOutput{Allowed: allowed, Rule: rule}, nil
}
