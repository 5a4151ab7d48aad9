package indexing

import (
	"sync"
	"testing"
	"testing/synctest"
)

func TestTurnsOfOneNameFollowEachOther(t *testing.T) {
	var turns turns
	var wg sync.WaitGroup
	inside := 0 // the race detector sees two at once
	for range 8 {
		wg.Go(func() {
			for range 100 {
				give, ok := turns.take(nil, "a")
				if !ok {
					t.Error("not given")
					return
				}
				inside++
				give()
			}
		})
	}
	wg.Wait()
	if inside != 800 {
		t.Errorf("%d turns", inside)
	}
	if len(turns.of) != 0 {
		t.Errorf("left behind: %v", turns.of)
	}
}

func TestTurnsOfOtherNamesDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns turns
		giveA, _ := turns.take(nil, "a")
		giveB, ok := turns.take(nil, "b") // waits for ever where names hold each other up
		if !ok {
			t.Error("b is not given")
		}
		giveB()
		giveA()
	})
}

func TestTurnsAreNotWaitedForBeyondDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns turns
		give, _ := turns.take(nil, "a")
		done := make(chan struct{})
		var ok bool
		ended := make(chan struct{})
		go func() {
			_, ok = turns.take(done, "a")
			close(ended)
		}()
		synctest.Wait()
		close(done)
		<-ended
		if ok {
			t.Error("given to two")
		}
		give()
		for range 50 { // it is free and whoever asks has left: neither may win by chance
			if _, ok := turns.take(done, "a"); ok {
				t.Error("given to somebody who has left")
			}
		}
		if len(turns.of) != 0 {
			t.Errorf("left behind: %v", turns.of)
		}
	})
}
