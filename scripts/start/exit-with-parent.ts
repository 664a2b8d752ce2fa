// Loaded into each child by --import: a supervisor that was killed takes its processes along at once, so that the next
// start finds their ports free. Not by their drain: nobody waits for it any more.
if (process.channel) {
  process.once('disconnect', () => process.exit(1));
  // The listener alone must not keep a child running that has ended its work.
  process.channel.unref();
}
