using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sources;

internal sealed class FromFileNamesLaws : SourceLawsTests<string>, IDisposable
{
    private readonly ScratchDirectory _directory = new();

    protected override IReadOnlyList<string> Items => [.. "abcdefgh".Select(name => _directory.PathTo(name.ToString()))];

    protected override bool EndsByItself => false;

    protected override bool UsesTime => true;

    [SetUp]
    public void MakeFiles()
    {
        foreach (var path in Items.Reverse())
        {
            File.WriteAllText(path, "");
        }
    }

    public void Dispose() => _directory.Dispose();

    protected override Stream<string> Build(StreamOptions options) => StreamSource.FromFileNames(_directory.Path, TimeStep, options: options);

    protected override Stream<string> BuildFailing(StreamOptions options) => StreamSource.FromFileNames(_directory.PathTo("missing"), options: options);

    protected override string? FindLeftover() => _directory.FindOpenFile();
}
