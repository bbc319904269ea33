using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture("path")]
[TestFixture("reader")]
[TestFixture("to the end")]
[TestFixture("follow")]
internal sealed class FromTextFileLaws(string variant) : SourceLawsTests<string>, IDisposable
{
    private readonly ScratchDirectory _directory = new();

    protected override IReadOnlyList<string> Items => ["a", "", "c", "d", "e", "f", "g", "h"];

    protected override bool EndsByItself => variant != "follow";

    protected override bool UsesTime => variant == "follow";

    protected override TimeSpan TimeStep => TimeSpan.FromMilliseconds(100);

    [SetUp]
    public void MakeFile() => File.WriteAllLines(_directory.PathTo("log"), Items);

    public void Dispose() => _directory.Dispose();

    protected override Stream<string> Build(StreamOptions options) => variant switch
    {
        "reader" => StreamSource.FromTextFile(new AgainAndAgain(Items), options),
        _ => BuildOf(_directory.PathTo("log"), options),
    };

    protected override Stream<string> BuildFailing(StreamOptions options) => variant switch
    {
        "reader" => StreamSource.FromTextFile(new StringReader("a\n\nc"), options).Map(line => line.Length > 0 ? line : throw new InvalidDataException("empty")),
        "follow" => BuildOf(_directory.Path, options),
        _ => BuildOf(_directory.PathTo("missing"), options),
    };

    protected override string? FindLeftover() => _directory.FindOpenFile();

    private Stream<string> BuildOf(string path, StreamOptions options) => variant switch
    {
        "path" => StreamSource.FromTextFile(path, options: options),
        "to the end" => StreamSource.FromTextFile(path, follow: false, options: options),
        _ => StreamSource.FromTextFile(path, follow: true, options: options),
    };

    /// <summary>A reader that begins anew after its end, so that a second run has something to read.</summary>
    private sealed class AgainAndAgain(IReadOnlyList<string> lines) : TextReader
    {
        private int _next;

        public override ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
        {
            var line = _next < lines.Count ? lines[_next] : null;
            _next = line is null ? 0 : _next + 1;
            return new ValueTask<string?>(line);
        }
    }
}
