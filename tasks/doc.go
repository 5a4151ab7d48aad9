// Package tasks is structured concurrency: what AnyIO is to Python, in Go's own terms. Everything in
// semantic-ls that runs beside something else runs here, and nothing that was started here outlives the
// call that started it.
//
// # The problem
//
// A language server does many things at once and must drop most of them early: a query is replaced by the
// next keystroke's, a folder is removed while it is indexed, a client vanishes. With bare goroutines each
// of these is a leak or a race waiting to happen. A function that returns while its goroutines go on has
// told its caller a lie; a cancellation that nobody awaits frees nothing.
//
// # The shape
//
// Concurrency has the form of a call. [Run] opens a [Group], hands it to a body, and returns when the body
// and every task of the group have ended, whatever the reason. There is no Wait to forget and no handle to
// a running group that could escape: the Group is the scope. The scopes with a bound are the same call with
// a clock: [MoveOnAfter] (partial results are fine), [FailAfter] (too late is an error), [Shield] (clean-up
// that the caller's cancellation must not reach, itself never unbounded).
//
// Cancellation is a level, not an event: once a scope is cancelled every later wait in it fails, until the
// scope is left. It reaches a task as its context and nothing else, so a task that never looks at its
// context cannot be stopped; look at it before each unit of work, and every few hundred rows of a scan.
// The reason travels along: inside, [context.Cause] tells why; outside, the error matches it with
// [errors.Is].
//
// # Whose error it is
//
// The first failure of the body or of a task cancels the others. What those then report, "context
// canceled", is an echo of that cancellation and says nothing new. An error is an echo only if the group's
// own context is done and the error is [context.Canceled], [context.DeadlineExceeded] or the group's cause.
// Echoes are stripped, also inside joined errors. The same words from a group that nobody cancelled, a
// database driver's own timeout for instance, are an ordinary failure. What remains decides, in this order:
//
//   - real errors: one is returned as it is, several are joined, the first 32 of them and a count;
//   - nothing was interrupted: nil, even if the scope was cancelled a moment too late;
//   - the caller's context is done: one cancellation that matches its error and its cause;
//   - the group's own deadline: MoveOnAfter says so, FailAfter and Shield return it;
//   - the group's own Cancel(nil): nil, that was the intention.
//
// A panic in a task becomes a [*PanicError] of the group and cancels its siblings, so one broken file
// cannot take down the editor's session. A panic in the body is on the caller's own stack and goes on
// there, after the tasks have been cancelled and have ended.
//
// # Sharing the machine
//
// A [Limiter] lends tokens. Interactive work goes first, and Background work never holds more than its
// share: a batch that runs cannot be preempted, so the only way to keep a core for the next query is never
// to lend it out. [Map] is bounded by a Limiter and by 64 open items, since cancelling 64 parked tasks takes 0.13 ms,
// and 10,000 take 27 ms. Below some 100 µs a unit of work is cheaper done in place: Run with one
// task costs about 2 µs.
//
// # Lives of requests
//
// A [Registry] ties work to a key: a request's id, a search box, a file, a folder. A newer run of the same
// key supersedes the older one (Run: the two may overlap; Replace: the older has ended before the newer
// starts), and Cancel ends it with a reason that its caller gets back.
//
// # AnyIO's names
//
//	run, create_task_group, start_soon   Run, Group.Go      one group per request and per indexed folder
//	CancelScope.cancel                   Group.Cancel       the search has enough, a client is gone
//	move_on_after                        MoveOnAfter        answer with what there is
//	fail_after                           FailAfter          a provider's time limit
//	CancelScope(shield=True)             Shield             flushing the index at shutdown
//	sleep                                Sleep              debouncing saves, retrying
//	CapacityLimiter, Semaphore           Limiter            indexing beside queries
//	Lock, awaited cancellably            NewLimiter(1, 1)   one writer per store
//	gather                               Map                chunks, batches
//	Event                                a closed channel
//	ExceptionGroup                       errors.Join with errors.Is and errors.As
//	current_time                         time.Now, which testing/synctest fakes
//
// # Traps
//
// Never hold a token while children want one of the same Limiter: Do refuses to be nested. A context's
// Err says Canceled below a group even where the reason is a deadline: ask context.Cause. A read of
// standard input survives every deadline: its reader lives outside the root group and dies with the
// process. No loggers and no groups in context values.
package tasks
