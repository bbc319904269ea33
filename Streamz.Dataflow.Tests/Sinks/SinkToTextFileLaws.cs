using System.Collections;
using System.Globalization;
using System.Text;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Testing;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sinks;

/// <summary>Through a writer that calls the probe, so that writes can fail and wait.</summary>
[TestFixture(false)]
[TestFixture(true)]
internal sealed class SinkToTextFileLaws(bool autoFlush) : IntLawsTests<string>
{
    protected override LawDelegate Delegate => LawDelegate.Asynchronous;

    protected override IStream Build(Stream<int> source, LawProbe<string> probe) =>
        source.Map(Text).SinkToTextFile(new ProbeWriter(probe), autoFlush: autoFlush, options: new NodeOptions { Name = "text file" });

    protected override IEnumerable<string> Model(IReadOnlyList<int> inputs) => inputs.Select(Text);

    internal static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed class ProbeWriter(LawProbe<string> probe) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override async Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
            await probe.WriteAsync(new string(buffer.Span).TrimEnd('\n'), cancellationToken);

        public override Task FlushAsync() => Task.CompletedTask;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

internal sealed class SinkToTextFilePathLaws : IntLawsTests<string>
{
    private readonly List<string> _paths = [];

    [OneTimeTearDown]
    public void DeleteFiles() => _paths.ForEach(File.Delete);

    protected override IStream Build(Stream<int> source, LawProbe<string> probe)
    {
        var path = Path.GetTempFileName();
        lock (_paths)
        {
            _paths.Add(path);
        }

        return new Lines(source.Map(SinkToTextFileLaws.Text).SinkToTextFile(path).Node, path);
    }

    protected override IEnumerable<string> Model(IReadOnlyList<int> inputs) => inputs.Select(SinkToTextFileLaws.Text);

    /// <summary>What is in the file, as a list for the laws suite.</summary>
    private sealed class Lines(Node node, string path) : IStream, IReadOnlyList<string>
    {
        public Node Node => node;

        public int Count => File.ReadAllLines(path).Length;

        public string this[int index] => File.ReadAllLines(path)[index];

        public IEnumerator<string> GetEnumerator() => File.ReadLines(path).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
