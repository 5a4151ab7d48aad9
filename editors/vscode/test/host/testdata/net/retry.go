package net

import "time"

// Backoff waits longer after every failed attempt, up to a ceiling, so that a struggling server recovers.
func Backoff(attempt int) time.Duration {
	delay := 100 * time.Millisecond << attempt
	if delay > 30*time.Second {
		delay = 30 * time.Second
	}
	return delay
}

// Retry calls send until it succeeds or the attempts are used up, with exponential backoff between attempts.
func Retry(attempts int, send func() error) error {
	var err error
	for attempt := range attempts {
		if err = send(); err == nil {
			return nil
		}
		time.Sleep(Backoff(attempt))
	}
	return err
}
