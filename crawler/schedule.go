package crawler

import (
	"math/rand/v2"
	"time"

	"lamro/crawler/fetch"
)

// between are the shortest and the longest time between two polls of a feed, by tier.
var between = [...][2]time.Duration{
	1: {3 * time.Minute, 15 * time.Minute},
	2: {10 * time.Minute, 30 * time.Minute},
	3: {30 * time.Minute, 60 * time.Minute},
}

const (
	longest    = 24 * time.Hour
	pageRetry  = 5 * time.Minute    // after the first failure of a page; each one more adds as much
	hostRetry  = 5 * time.Minute    // after the first failure of a host
	probeRetry = time.Hour          // after the first probe that found nothing
	giveUp     = 7 * 24 * time.Hour // a page whose host has been away for so long
	ourRetry   = 10 * time.Minute   // where something of ours has to change first
	maxStarts  = 5                  // of a page, before it is given up
	maxMissing = 3                  // tries until a page that is not there counts as gone
	fullEvery  = 12                 // a poll without validators each so many
	smoothing  = 0.3                // weight of the last poll in the rate of a feed
)

// scaled is d on the clock of the crawler.
func (c *Crawler) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / c.cfg.Scale)
}

// jitter moves d by up to a tenth, so that what started together does not stay together.
func jitter(d time.Duration) time.Duration {
	return d + time.Duration((rand.Float64()*0.2-0.1)*float64(d)) // #nosec G404 -- no secret
}

// interval is the time until the next poll: half of the usual time between two new pages, so that
// a new one waits a quarter of it on average, within the bounds of the tier. A feed of which two
// thirds were new may have dropped some already.
func interval(tier int, perHour float64, crowded bool) time.Duration {
	bounds := between[min(max(tier, 1), 3)]
	switch {
	case crowded:
		return bounds[0]
	case perHour <= 0:
		return bounds[1]
	}
	half := float64(time.Hour) / perHour / 2
	return time.Duration(min(max(half, float64(bounds[0])), float64(bounds[1])))
}

// firstRate is what is assumed of a feed that was never polled: as many new pages as its tier is
// polled for at most. A few polls without any put that right, the other way news would wait.
func firstRate(tier int) float64 {
	return float64(time.Hour) / float64(between[min(max(tier, 1), 3)][0]) / 2
}

// rate is the number of new pages an hour after a poll that brought fresh ones in elapsed time.
func rate(old float64, fresh int, elapsed time.Duration) float64 {
	if elapsed < time.Minute {
		elapsed = time.Minute
	}
	return (1-smoothing)*old + smoothing*float64(fresh)/elapsed.Hours()
}

// backoff is the time until a feed that failed so often in a row is polled again: linear, slower
// for what passes by itself, at most a day.
func backoff(tier, failures int, code string) time.Duration {
	step := time.Hour
	switch code {
	case fetch.CodeTimeout, fetch.CodeTooSlow, fetch.CodeIncomplete, fetch.CodeUnreachable, fetch.CodeTooMany:
		step = time.Hour / 4
	case fetch.CodeServerError, fetch.CodeRobotsUnreachable, fetch.CodeNotFound, fetch.CodeBadResponse:
		step = time.Hour / 2
	}
	return linear(between[min(max(tier, 1), 3)][1], step, failures)
}

// linear is first plus step for each failure, at most a day.
func linear(first, step time.Duration, failures int) time.Duration {
	if failures > int(longest/step) {
		return longest
	}
	return min(first+time.Duration(max(failures, 0))*step, longest)
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
