using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture(false)]
[TestFixture(true)]
internal sealed class FromLogLaws(bool follow) : SourceLawsTests<LogRecord>, IDisposable
{
    private readonly ScratchDirectory _directory = new();

    protected override IReadOnlyList<LogRecord> Items =>
        [new(0, 2, "a"), new(2, 3, ""), new(3, 5, "c"), new(5, 7, "d"), new(7, 9, "e"), new(9, 11, "f"), new(11, 13, "g"), new(13, 15, "h")];

    protected override bool EndsByItself => !follow;

    protected override bool UsesTime => follow;

    protected override TimeSpan TimeStep => TimeSpan.FromMilliseconds(100);

    [SetUp]
    public void MakeFile() => File.WriteAllLines(_directory.PathTo("log"), Items.Select(item => item.Text));

    public void Dispose() => _directory.Dispose();

    protected override Stream<LogRecord> Build(StreamOptions options) => StreamSource.FromLog(_directory.PathTo("log"), "log", follow, options: options);

    protected override Stream<LogRecord> BuildFailing(StreamOptions options) =>
        StreamSource.FromLog(follow ? _directory.Path : _directory.PathTo("missing"), "log", follow, options: options);

    protected override string? FindLeftover() => _directory.FindOpenFile();
}
