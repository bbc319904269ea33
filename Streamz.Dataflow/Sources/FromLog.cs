using Microsoft.Win32.SafeHandles;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

public static partial class StreamSource
{
    /// <summary>
    /// Emits the lines of an append-only file with their positions, from where everything before was done in earlier runs, if the
    /// pipeline has <see cref="StreamOptions.Checkpoints"/>.
    /// </summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Buffering:</b> a block of 64 KB, and the line being read. <b>Back-pressure:</b> while the pipeline is full the file is not
    /// read. <b>Completion:</b> ends at the end of the file, or, when following, when the pipeline stops. <b>Faults:</b> an error of the file stops the
    /// pipeline, after the lines before it, and so do a line that is too long and a file that is shorter than what was done of it.</para>
    /// <para>A line counts as done when it is released: delivered or dropped, and held by no state any more. After a stop, a fault, or the death of the
    /// process, lines that were not done, and those behind them, are emitted again: each at least once. Their positions are the same then, so that a sink
    /// can tell what it has already.</para>
    /// <para>The text is UTF-8, with or without a byte order mark; a line ends with a line feed, with or without a carriage return before it. A last line without its line feed is not
    /// complete and not emitted. The file may grow, and nothing else: there is no rotation, since the positions would mean
    /// something else in another file.</para>
    /// </remarks>
    /// <param name="path">The path of the file, opened when the pipeline starts.</param>
    /// <param name="name">The name of this source in the checkpoints of the pipeline, which must stay the same from run to run; not empty.</param>
    /// <param name="follow">Whether to go on at the end of the file, and to wait for more; a file that is missing is waited for. The default is false.</param>
    /// <param name="pollInterval">When following, the time between two looks at the file, by the clock of the pipeline; more than zero. The default is null: 100 ms.</param>
    /// <param name="maxLineLength">How many bytes a line may have; at least 1. The default is 1,048,576.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of lines.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> or <paramref name="name"/> is null or empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="pollInterval"/> is not more than zero, or <paramref name="maxLineLength"/> is less than 1.
    /// </exception>
    public static Stream<LogRecord> FromLog(
        string path,
        string name,
        bool follow = false,
        TimeSpan? pollInterval = null,
        int maxLineLength = 1 << 20,
        StreamOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLineLength, 1);
        var interval = pollInterval ?? s_defaultPollInterval;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero, nameof(pollInterval));
        return new Stream<LogRecord>(
            new SourceNode<LogRecord>("from_log", () => new LogStage(path, name, follow, interval, maxLineLength), options)
            {
                Details = Path.GetFileName(path) + (follow ? " follow" : ""),
            });
    }

    private sealed class LogStage(string path, string name, bool follow, TimeSpan interval, int maxLineLength) : SourceStage<LogRecord>
    {
        private readonly LogLines _lines = new(maxLineLength);

        public override async Task RunAsync(SourceContext<LogRecord> context)
        {
            var partition = await context.OpenPartitionAsync(name).ConfigureAwait(true);
            using var file = await OpenAsync(context).ConfigureAwait(true);
            _lines.Begin(partition.Start ?? 0);
            while (true)
            {
                if (RandomAccess.GetLength(file) is var length && length < _lines.End)
                {
                    throw new InvalidDataException(
                        $"The log '{path}' is {length} bytes long, but '{name}' was read up to byte {_lines.End}: it was cut, or is another file. Put the file back, or choose another name for this one.");
                }

                // Not awaited as something outside: a read ends by itself, and the pipeline is not at rest before it has.
                while (await RandomAccess.ReadAsync(file, _lines.MakeRoom(), _lines.End, context.Stopping).ConfigureAwait(true) is > 0 and var count)
                {
                    _lines.Append(count);
                    while (_lines.TryTake(out var record))
                    {
                        await context.EmitAsync(record, partition, record.Next).ConfigureAwait(true);
                    }
                }

                if (!follow)
                {
                    return;
                }

                await context.WaitAsync(interval).ConfigureAwait(true);
            }
        }

        private async ValueTask<SafeFileHandle> OpenAsync(SourceContext<LogRecord> context)
        {
            while (true)
            {
                try
                {
                    return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
                }
                catch (Exception missing) when (follow && missing is FileNotFoundException or DirectoryNotFoundException)
                {
                    await context.WaitAsync(interval).ConfigureAwait(true);
                }
            }
        }
    }
}

/// <summary>A line of an append-only file. Its position is the same whenever it is read.</summary>
/// <param name="Offset">Where the line begins, in bytes from the beginning of the file.</param>
/// <param name="Next">Where the next line begins.</param>
/// <param name="Text">The line, without its end.</param>
/// <exception cref="ArgumentNullException"><paramref name="Text"/> is null.</exception>
public readonly record struct LogRecord(long Offset, long Next, string Text)
{
    /// <summary>The line, without its end.</summary>
    public string Text { get; init; } = Text ?? throw new ArgumentNullException(nameof(Text));
}
