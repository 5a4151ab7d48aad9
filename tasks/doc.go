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
//   - the group's own deadline: MoveOnAfter says so, the others return it;
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
// to lend it out. [Limiter.Resize] lends the last core while nobody is there, and takes it back. [Map] and
// [AsCompleted] are bounded by a Limiter and by 64 open items, since cancelling 64 parked tasks takes
// 0.13 ms, and 10,000 take 27 ms. Below some 100 µs a unit of work is cheaper done in place: Run with one
// task costs about 2 µs.
//
// # What cannot be cancelled
//
// A system call on a regular file or on a pipe looks at no context. [Abandon] leaves such a call behind and
// keeps its token until it comes back, so that stuck calls are bounded. Sockets are woken by closing them or
// by a deadline in the past, from [context.AfterFunc]; a process and its children by [Command].
//
// # Misuse
//
// What a task must not do has an outcome all the same, and where this package can notice it none is a silent
// deadlock:
//
//	a task panics                          a *PanicError of its group, siblings cancelled
//	the body panics                        tasks cancelled and awaited, then the panic goes on
//	either calls runtime.Goexit            as above: an error of a task, Goexit goes on for a body
//	a task ignores its context             its group waits: nothing can kill a goroutine, and leaving it
//	                                       would be the lie that this package exists to prevent
//	Cancel twice                           the first reason stays
//	Cancel or SetDeadline after the end    nothing
//	Go on a group that has ended           panics, in the caller
//	ready called twice, or never           panics in the task; an error of Start
//	Do inside Do of the same Limiter       an error, wherever the context is that of the outer Do or derived
//	                                       from it
//	Map or Abandon inside Do               the same
//	Registry.Replace inside its own key    an error: the newer work cancels the older, which waits for it,
//	                                       and gives up for that reason
//	Wait for oneself, or the task around   an error, wherever the context is that of the task or derived from it
//
// Two things it cannot notice: what fn of Abandon does, which has no context to be told apart by, and so must
// not ask the Limiter whose token it holds; and two tasks that wait for each other, or hold the tokens of two
// Limiters in opposite orders, which wait until the context of one ends.
//
// # Lives of requests
//
// A [Registry] ties work to a key: a request's id, a search box, a file, a folder. A newer run of the same
// key supersedes the older one (Run: the two may overlap; Replace: the older has ended before the newer
// starts), and Cancel ends it with a reason that its caller gets back. In a profile, the goroutines of
// such work carry its key as the label "task".
//
// # AnyIO's names
//
// What AnyIO gives Python, what serves in its place, and where semantic-ls lives on it:
//
//	run                          Run                            every command, every connection
//	sleep                        Sleep                          debouncing saves, retrying
//	to_thread.run_sync           a task; Abandon if it may      reading files, in tasks
//	                             have to be left behind
//	create_task_group            Run: the Group is the scope    a connection, a folder, a batch
//	start_soon                   Group.Go                       the same
//	start                        Start                          -
//	gather                       Map                            files, batches of texts
//	as_completed                 AsCompleted                    -
//	Event                        a closed channel and Receive   "the server is alive", "it has ended"
//	Semaphore                    Limiter                        connections to a provider
//	CapacityLimiter              Limiter                        cores, shared by indexing and queries
//	Lock                         sync.Mutex; NewLimiter(1, 1)   short sections, by sync.Mutex
//	                             where waiters must end
//	Condition                    a channel of permits           "something is new to tell"
//	open_file, Path              os, under Abandon              as to_thread.run_sync
//	create_memory_object_stream  channels, Send, Receive        -
//	create_tcp_listener,         net.ListenConfig               serve --listen tcp://...
//	connect_tcp                  net.Dialer.DialContext         the test's editors
//	create_unix_listener,        the same                       serve --listen unix://...
//	connect_unix                 the same
//	create_udp_socket            net.ListenConfig.ListenPacket  -
//	run_process, open_process    Command                        -: nothing is ever executed
//	fail_after                   FailAfter, SetDeadline         a provider's time limit, by FailAfter
//	move_on_after                MoveOnAfter, SetDeadline       what is awaited at shutdown
//	CancelScope.cancel           Group.Cancel, Task.Cancel      a client is gone
//	CancelScope(shield=True)     Shield                         flushing the index at shutdown
//	current_time                 time.Now                       -: testing/synctest fakes it
//	to_process.run_sync          Command of os.Executable       -: no code is shipped in Go
//	open_signal_receiver         os/signal and Receive          serve: end, and read settings again
//	ExceptionGroup, except*      errors.Join, Is and As         everywhere
//
// # Rejected
//
//   - A Wait method: the callback form cannot be forgotten, entered twice or left in the wrong order.
//   - Groups in context values: who may start a task must be visible in a signature.
//   - errgroup: a panic ends the process, an echo can win over the failure that caused it, and its limit
//     blocks in Go.
//   - A task type with a value: a variable of the closure and Task.Wait say the same, without a type
//     parameter on every signature. [Start] has one, because there the value comes before the end.
//   - Weights of tokens: nothing here asks for two.
//   - Switching a shield on midway: a context's parent is fixed; use two scopes.
//   - Pausing tasks: a Limiter of 0 tokens pauses at the points where it is safe.
//
// # Traps
//
// Never hold a token while children want one of the same Limiter: Do refuses. A context's
// Err says Canceled below a group even where the reason is a deadline: ask context.Cause. A read of
// standard input survives every deadline: its reader lives outside the root group and dies with the
// process. No loggers and no groups in context values.
package tasks
