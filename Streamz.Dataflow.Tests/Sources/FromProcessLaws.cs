using System.Diagnostics;
using Streamz.Dataflow.Tests.Laws;

namespace Streamz.Dataflow.Tests.Sources;

[TestFixture("arguments")]
[TestFixture("start info")]
internal sealed class FromProcessLaws(string variant) : SourceLawsTests<string>
{
    private readonly ShellScript _script = new();

    protected override IReadOnlyList<string> Items => ["1", "2", "3", "4", "5", "6", "7", "8"];

    [SetUp]
    public void NeedAShell() => ShellScript.Need();

    protected override Stream<string> Build(StreamOptions options) => Build("printf '%s\\n' 1 2 3 4 5 6 7 8", options);

    protected override Stream<string> BuildFailing(StreamOptions options) => Build("printf '%s\\n' 1 2; exit 3", options);

    protected override string? FindLeftover() => _script.FindProcess();

    private Stream<string> Build(string script, StreamOptions options) => variant == "arguments"
        ? StreamSource.FromProcess("sh", _script.Arguments(script), options: options)
        : StreamSource.FromProcess(new ProcessStartInfo("sh", _script.Arguments(script)), options: options);
}

internal sealed class FromProcessOutputLaws : SourceLawsTests<ProcessLine>
{
    private readonly ShellScript _script = new();

    protected override IReadOnlyList<ProcessLine> Items => [.. Enumerable.Range(1, 8).Select(number => new ProcessLine(ProcessOutput.Error, $"{number}"))];

    [SetUp]
    public void NeedAShell() => ShellScript.Need();

    protected override Stream<ProcessLine> Build(StreamOptions options) => Build("printf '%s\\n' 1 2 3 4 5 6 7 8 >&2", options);

    protected override Stream<ProcessLine> BuildFailing(StreamOptions options) => Build("printf '%s\\n' 1 2 >&2; exit 3", options);

    protected override string? FindLeftover() => _script.FindProcess();

    private Stream<ProcessLine> Build(string script, StreamOptions options) =>
        StreamSource.FromProcessOutput(new ProcessStartInfo("sh", _script.Arguments(script)), options: options);
}
