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
    /// the pipeline, after the lines before it. Each run opens the file anew; it may be written by others meanwhile.
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

    private static Stream<string> Lines(Func<TextReader> open, bool leaveOpen, string? details, StreamOptions? options) =>
        new(new SourceNode<string>("from_text_file", () => new TextFileStage(open, leaveOpen), options) { Details = details });

    private sealed class TextFileStage(Func<TextReader> open, bool leaveOpen) : SourceStage<string>
    {
        public override async Task RunAsync(SourceContext<string> context)
        {
            var reader = open();
            try
            {
                while (await context.AwaitAsync(reader.ReadLineAsync(context.Stopping)).ConfigureAwait(true) is { } line)
                {
                    await context.EmitAsync(line).ConfigureAwait(true);
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
