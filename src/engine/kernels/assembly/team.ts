/**
 * The threads that work on one program: they claim items of an operation one by one, and meet at a
 * barrier after it. Which thread takes which item changes nothing in the result.
 */

// Words that several threads write stand on cache lines of their own.
const PHASE: usize = 64;
const ARRIVED: usize = 128;
const NEXT_ITEM: usize = 192;
const JOB: usize = 256;
/** What a wait ended with, which nobody reads. */
const WOKEN: usize = 320;

/**
 * Rounds of polling before a thread goes to sleep, about a third of a millisecond. Threads that sleep at
 * every barrier may share one core for seconds, since the system never sees two of them at work.
 */
const SPINS: i32 = 200_000;

/** What the team is to do next; thread 0 fills it in. */
@unmanaged
class Job {
  /** Goes up by one with every job. */
  generation: i32;
  threads: i32;
  program: usize;
  steps: usize;
  stepCount: i32;
}

export function job(): Job {
  return changetype<Job>(JOB);
}

/** Takes the next item of the present operation, or -1 when all are taken. */
// @ts-ignore: decorator
@inline
export function claim(items: i32): i32 {
  const item = atomic.add<i32>(NEXT_ITEM, 1);
  return item < items ? item : -1;
}

/** Waits until every thread has come here. */
export function barrier(threads: i32): void {
  if (threads == 1) {
    atomic.store<i32>(NEXT_ITEM, 0);
    return;
  }
  const phase = atomic.load<i32>(PHASE);
  if (atomic.add<i32>(ARRIVED, 1) == threads - 1) {
    atomic.store<i32>(ARRIVED, 0);
    atomic.store<i32>(NEXT_ITEM, 0);
    atomic.store<i32>(PHASE, phase + 1);
    atomic.notify(PHASE, threads);
    return;
  }
  waitWhileEqual(PHASE, phase);
}

/** Wakes the other threads for the job that thread 0 has filled in. */
export function announceJob(): void {
  atomic.add<i32>(JOB, 1);
  atomic.notify(JOB, job().threads);
}

/** Waits for a job newer than the one known and returns its generation. */
export function awaitJob(known: i32): i32 {
  waitWhileEqual(JOB, known);
  return atomic.load<i32>(JOB);
}

function waitWhileEqual(address: usize, value: i32): void {
  for (let i = 0; i < SPINS; i++) {
    if (atomic.load<i32>(address) != value) return;
  }
  while (atomic.load<i32>(address) == value) {
    // V8's first compiler for WebAssembly (Liftoff, seen in Node 20) keeps the address of a wait in eight
    // bytes where its stack has four for it, over what was put there before: a local variable, unless
    // something else lies on the stack, such as the address of this store.
    store<i32>(WOKEN, atomic.wait<i32>(address, value, -1));
  }
}
