using System.Text;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The sink that writes lines of text.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> that of the writer, a few kilobytes of text. <b>Back-pressure:</b> the element stays in its place until the writer has
/// taken it. <b>Completion:</b> the text is flushed when the input ends. <b>Faults:</b> an error of the file or the writer fails the element and meets
/// the node's error policy; one while flushing at the end, too, is a failure of the node. The file is closed, with all that was written,
/// whatever ends the pipeline. An element is delivered when the writer has taken it; with <c>autoFlush</c>, when the operating system has.
/// </remarks>
public static class SinkToTextFileOperator
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes each element as a line of a file.</summary>
    /// <param name="stream">The stream of lines; null is an empty line.</param>
    /// <param name="path">The path of the file, opened when the pipeline starts; others may read it meanwhile.</param>
    /// <param name="append">Whether lines are added to what is in the file. If not, each run begins with an empty file. The default is true.</param>
    /// <param name="newLine">What is written behind each line. The default is a line feed.</param>
    /// <param name="encoding">The encoding. The default is UTF-8 without a mark.</param>
    /// <param name="autoFlush">Whether each line is handed to the operating system at once, so that readers see it. The default is false.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The handle of the sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="newLine"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    public static StreamSink SinkToTextFile(
        this Stream<string> stream,
        string path,
        bool append = true,
        string newLine = "\n",
        Encoding? encoding = null,
        bool autoFlush = false,
        NodeOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = new FileStreamOptions
        {
            Mode = append ? FileMode.Append : FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.Read | FileShare.Delete,
            Options = FileOptions.Asynchronous,
        };
        return Create(stream, () => new StreamWriter(path, encoding ?? s_utf8, file), leaveOpen: false, newLine, autoFlush, Path.GetFileName(path), options);
    }

    /// <summary>Writes each element as a line to a writer, which is flushed at the end and left open.</summary>
    /// <param name="stream">The stream of lines; null is an empty line.</param>
    /// <param name="writer">The writer.</param>
    /// <param name="newLine">What is written behind each line. The default is a line feed.</param>
    /// <param name="autoFlush">Whether the writer is flushed behind each line. The default is false.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The handle of the sink.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/>, <paramref name="writer"/> or <paramref name="newLine"/> is null.</exception>
    public static StreamSink SinkToTextFile(
        this Stream<string> stream,
        TextWriter writer,
        string newLine = "\n",
        bool autoFlush = false,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        return Create(stream, () => writer, leaveOpen: true, newLine, autoFlush, null, options);
    }

    private static StreamSink Create(
        Stream<string> stream,
        Func<TextWriter> open,
        bool leaveOpen,
        string newLine,
        bool autoFlush,
        string? details,
        NodeOptions? options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(newLine);
        return stream.Then(
            new SinkNode<string>("sink_to_text_file", () => new TextFileStage(open, leaveOpen, newLine, autoFlush)) { Details = details, MayWait = true },
            options);
    }

    private sealed class TextFileStage(Func<TextWriter> open, bool leaveOpen, string newLine, bool autoFlush) : SinkStage<string>, IAsyncDisposable
    {
        private TextWriter? _writer;

        /// <summary>Opens the file, so that one that cannot be written is found before the first element.</summary>
        public override ValueTask OnStartAsync()
        {
            _writer = open();
            return default;
        }

        public override async ValueTask OnElementAsync(Element<string> element)
        {
            // Under Skip, a file that could not be opened is tried again for each element.
            _writer ??= open();
            await Context.AwaitAsync(new ValueTask(_writer.WriteAsync(string.Concat(element.Value, newLine).AsMemory(), Context.Aborted))).ConfigureAwait(true);
            if (autoFlush)
            {
                await FlushAsync().ConfigureAwait(true);
            }
        }

        public override ValueTask OnFlushAsync() => FlushAsync();

        public async ValueTask DisposeAsync()
        {
            if (_writer is null)
            {
                return;
            }

            // After a fault or an abort as well: what was delivered should be in the file. Closing flushes.
            await Context.AwaitAsync(leaveOpen ? new ValueTask(_writer.FlushAsync()) : _writer.DisposeAsync()).ConfigureAwait(true);
        }

        private ValueTask FlushAsync() => _writer is null ? default : Context.AwaitAsync(new ValueTask(_writer.FlushAsync(Context.Aborted)));
    }
}
