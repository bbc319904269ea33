using System.Text;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

public static partial class StreamSource
{
    /// <summary>Emits the lines of a text file, to its end.</summary>
    /// <remarks>
    /// <b>Order:</b> kept. <b>Buffering:</b> the line being read; memory does not grow with the file. <b>Back-pressure:</b> the next line is read when the
    /// one before is accepted. <b>Completion:</b> ends with the file, whose last line need not be terminated. <b>Faults:</b> an error of the file stops
    /// the pipeline, after the lines before it, unless <see cref="GraphEditing.OnError{TStream}"/> says otherwise; a retry goes on behind those lines. Each run
    /// opens the file anew; it may be written by others meanwhile.
    /// </remarks>
    /// <param name="path">The path of the file, opened when the pipeline starts.</param>
    /// <param name="encoding">The encoding, unless the file says otherwise in its first bytes. The default is UTF-8.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of lines, without their line ends.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    public static Stream<string> FromTextFile(string path, Encoding? encoding = null, StreamOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Lines(
            () => new StreamReader(path, encoding ?? Encoding.UTF8, true, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 1 << 16 }),
            leaveOpen: false,
            Path.GetFileName(path),
            options);
    }

    /// <summary>Emits the lines of a reader, to its end.</summary>
    /// <remarks>As for a path; the reader is not disposed, and a second run goes on where the first ended.</remarks>
    /// <param name="reader">The reader.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of lines, without their line ends.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="reader"/> is null.</exception>
    public static Stream<string> FromTextFile(TextReader reader, StreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        return Lines(() => reader, leaveOpen: true, null, options);
    }

    /// <summary>Emits the lines of a text file, and, if asked to, those that are appended to it later.</summary>
    /// <remarks>
    /// <para><b>Order:</b> kept. <b>Buffering:</b> a block of 16 KB and the line being read. <b>Back-pressure:</b> while the pipeline is full the file is not
    /// read. <b>Completion:</b> ends at the end of the file, or, when following, when the pipeline stops. <b>Faults:</b> an error of the file stops the
    /// pipeline, after the lines before it, and so does a line that is too long, unless <see cref="GraphEditing.OnError{TStream}"/> says otherwise;
    /// a retry goes on behind what was read. Each run opens the file anew.</para>
    /// <para>Following: a line is emitted when its delimiter has been written; one that is not complete when the pipeline stops is not emitted.
    /// A file that is missing is waited for. When another file has taken the path (the old one was renamed or deleted), the old one is read to its
    /// end, once more after an interval, and then the new one from its beginning. When the file has become shorter than what was read of it, it is
    /// read from its beginning. In both cases an incomplete last line is emitted as it is. What is not noticed: a file that was
    /// emptied and has grown beyond its old length within one interval; and one that is replaced by another of the same length, time and first bytes,
    /// until that one grows.</para>
    /// </remarks>
    /// <param name="path">The path of the file, opened when the pipeline starts.</param>
    /// <param name="follow">Whether to go on at the end of the file, and to wait for more.</param>
    /// <param name="delimiter">What ends an element, and is left out of it. The default is null: a line feed, with or without a carriage return before it.</param>
    /// <param name="fromEnd">Whether to begin at the end that the file has when the pipeline starts, instead of at its beginning. The default is false.</param>
    /// <param name="pollInterval">When following, the time between two looks at the file, by the clock of the pipeline; more than zero. The default is null: 100 ms.</param>
    /// <param name="maxLineLength">How many characters a line may have; at least 1. The default is 1,048,576.</param>
    /// <param name="encoding">The encoding; a byte order mark at the beginning is skipped. The default is UTF-8.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of lines, without their delimiters.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or <paramref name="delimiter"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="pollInterval"/> is not more than zero, or <paramref name="maxLineLength"/> is less than 1.
    /// </exception>
    public static Stream<string> FromTextFile(
        string path,
        bool follow,
        string? delimiter = null,
        bool fromEnd = false,
        TimeSpan? pollInterval = null,
        int maxLineLength = LineSplitter.DefaultMaxLength,
        Encoding? encoding = null,
        StreamOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        LineSplitter.CheckArguments("from_text_file", delimiter, maxLineLength);
        var interval = pollInterval ?? s_defaultPollInterval;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero, nameof(pollInterval));
        var settings = new TextFileTailSettings(path, follow, fromEnd, interval);
        return new Stream<string>(
            new SourceNode<string>(
                "from_text_file",
                () => new TextFileTail(settings, new LineSplitter(encoding ?? Encoding.UTF8, delimiter, maxLineLength)),
                options)
            {
                CanRestart = true,
                Details = Path.GetFileName(path) + (follow ? " follow" : ""),
            });
    }

    private static Stream<string> Lines(Func<TextReader> open, bool leaveOpen, string? details, StreamOptions? options) =>
        new(new SourceNode<string>("from_text_file", () => new TextFileStage(open, leaveOpen), options) { CanRestart = !leaveOpen, Details = details });

    private sealed class TextFileStage(Func<TextReader> open, bool leaveOpen) : SourceStage<string>
    {
        private long _emitted;

        public override async Task RunAsync(SourceContext<string> context)
        {
            var reader = open();
            try
            {
                // In a later attempt those before are read once more, and not emitted again.
                var known = _emitted;
                while (await context.AwaitAsync(reader.ReadLineAsync(context.Stopping)).ConfigureAwait(true) is { } line)
                {
                    if (known > 0)
                    {
                        known--;
                        continue;
                    }

                    await context.EmitAsync(line).ConfigureAwait(true);
                    _emitted++;
                }
            }
            finally
            {
                if (!leaveOpen)
                {
                    reader.Dispose();
                }
            }
        }
    }
}
