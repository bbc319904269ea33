using System.Globalization;
using Streamz.Dataflow;
using Streamz.Dataflow.Tests.Crash.Child;

// Copies the records of a log to three files, and goes on where the process before was killed. What it prints tells its parent how far it is:
// "started", then the number of records of this process, now and then, and "done".
// With states it adds to each record how many its key has had so far, and the sum of their positions.
if (args is not [var log, var atLeastOnce, var exactlyOnce, var plain, var checkpoints, "tickets" or "states"])
{
    Console.Error.WriteLine("usage: CrashChild <log> <file written at least once> <file written exactly once> <text file> <checkpoints> tickets|states");
    return 2;
}

var savesStates = args[5] == "states";

Console.WriteLine("started");
using var all = new RecordFile(atLeastOnce);
using var once = new RecordFile(exactlyOnce);
var options = new StreamOptions
{
    Checkpoints = new CheckpointOptions(new SqliteCheckpointStore(checkpoints), "crash") 
    {
        Interval = TimeSpan.FromMilliseconds(20),
        Every = 2_000,
        SaveStates = savesStates,
    },
};
var worked = StreamSource.FromLog(log, "records", options: options).MapAsync(WorkAsync, 4);
if (savesStates)
{
    worked = worked
        .GroupBy(
            record => record.Text[..record.Text.IndexOf(' ', StringComparison.Ordinal)],
            key => key.Accumulate((Count: 0, Sum: 0L), AddUp),
            options: new NodeOptions { Name = "totals" })
        .Map(total => total.Value);
}

worked.Partition(32, TimeSpan.FromMilliseconds(5), new NodeOptions { Name = "batches" }).Sink(all.Append);
worked.Map(record => string.Create(CultureInfo.InvariantCulture, $"{record.Offset} {record.Text}")).SinkToTextFile(plain, autoFlush: true);
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

static ((int Count, long Sum) State, LogRecord Record) AddUp((int Count, long Sum) state, LogRecord record)
{
    var (count, sum) = (state.Count + 1, state.Sum + record.Offset);
    return ((count, sum), record with { Text = string.Create(CultureInfo.InvariantCulture, $"{record.Text} {count} {sum}") });
}

// Some records overtake others in their work; their order is that of the log again behind it.
static async ValueTask<LogRecord> WorkAsync(LogRecord record)
{
    if (record.Offset % 7 == 0)
    {
        await Task.Yield();
    }

    return record;
}
