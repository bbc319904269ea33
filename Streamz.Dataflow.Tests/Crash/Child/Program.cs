using System.Globalization;
using Streamz.Dataflow;
using Streamz.Dataflow.Tests.Crash.Child;

// Copies the records of a log to two files, and goes on where the process before was killed. What it prints tells its parent how far it is:
// "started", then the number of records of this process, now and then, and "done".
if (args is not [var log, var atLeastOnce, var exactlyOnce, var checkpoints])
{
    Console.Error.WriteLine("usage: CrashChild <log> <file written at least once> <file written exactly once> <checkpoints>");
    return 2;
}

Console.WriteLine("started");
using var all = new RecordFile(atLeastOnce);
using var once = new RecordFile(exactlyOnce);
var options = new StreamOptions
{
    Checkpoints = new CheckpointOptions(new SqliteCheckpointStore(checkpoints), "crash") { Interval = TimeSpan.FromMilliseconds(20), Every = 2_000 },
};
var worked = StreamSource.FromLog(log, "records", options: options).MapAsync(WorkAsync, 4);
worked.Partition(32, TimeSpan.FromMilliseconds(5)).Sink(all.Append);
var count = 0L;
worked.Buffer(100).Sink(record =>
{
    once.AppendIfNew(record);
    if (++count % 500 == 0)
    {
        Console.WriteLine(count.ToString(CultureInfo.InvariantCulture));
    }
});

try
{
    await worked.Start().Completion;
}
catch (NodeFailedException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}

Console.WriteLine("done");
return 0;

// Some records overtake others in their work; their order is that of the log again behind it.
static async ValueTask<LogRecord> WorkAsync(LogRecord record)
{
    if (record.Offset % 7 == 0)
    {
        await Task.Yield();
    }

    return record;
}
