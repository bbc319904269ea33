using System.Globalization;
using Streamz.Dataflow.Analyzers;

namespace Streamz.Dataflow.Tests.Analyzers;

[TestFixture, CancelAfter(60_000)]
internal sealed class StreamOfTasksTests : AnalyzerTests<StreamOfTasksAnalyzer, StreamOfTasksFix>
{
    private const string Header = "public void Run()";

    [TestCase("var tasks = source.[|Map<int, Task<int>>|](x => LoadAsync(x));")]
    [TestCase("var tasks = source.[|Map<int, ValueTask<int>>|](x => new(x));")]
    [TestCase("var tasks = source.[|Map<int, Task>|](x => LoadAsync(x));")]
    [TestCase("var tasks = source.Map(x => (x, x)).[|StarMap|]((x, y) => LoadAsync(x + y));")]
    [TestCase("var tasks = StreamSource.[|FromEnumerable|]([LoadAsync(1)]);")]
    [TestCase("var tasks = source.Map(x => (x, x)).[|StarMap|]((x, y) => LoadAsync(x + y)).Filter(task => task.IsCompleted).Buffer(3);")]
    public async Task Operator_ThatMakesTasks_IsFound(string statement) => await Run.ExpectAsync(In(Header, statement));

    [TestCase("source.Map(x => LoadAsync(x)).Sink(Console.WriteLine);")]
    [TestCase("source.Map(LoadAsync).Sink(Console.WriteLine);")]
    [TestCase("source.MapAsync(async x => await LoadAsync(x)).Sink(Console.WriteLine);")]
    [TestCase("source.Filter(async x => await LoadAsync(x) > 1).SinkToList();")]
    [TestCase("var tasks = new StreamSource<Task<int>>(); tasks.MapAsync(task => task).SinkToList();")]
    public async Task Operator_ThatAwaits_IsFine(string statement) => await Run.ExpectAsync(In(Header, statement));

    [Test]
    public async Task Message_NamesTheCure()
    {
        var map = await Run.ExpectAsync(In(Header, "var tasks = source.[|Map<int, Task<int>>|](x => LoadAsync(x));"));
        var other = await Run.ExpectAsync(In(Header, "var tasks = source.Map(x => (x, x)).[|StarMap|]((x, y) => LoadAsync(x + y));"));

        Assert.That(map[0].GetMessage(CultureInfo.InvariantCulture), Is.EqualTo("'Map' makes a stream of tasks, which nobody awaits; use MapAsync, which awaits them"));
        Assert.That(other[0].GetMessage(CultureInfo.InvariantCulture), Does.EndWith("await in the delegate, or put MapAsync(task => task) behind it"));
    }

    [Test]
    public Task Fix_OfMap_UsesMapAsync() =>
        FixesAsync(
            Header,
            "source.[|Map<int, Task<int>>|](x => LoadAsync(x)).SinkToList();",
            Header,
            "source.MapAsync(x => LoadAsync(x)).SinkToList();");

    [Test]
    public Task Fix_OfAnotherOperator_AwaitsBehindIt() =>
        FixesAsync(
            Header,
            "source.Map(x => (x, x))\n    .[|StarMap|]((x, y) => LoadAsync(x + y))\n    .SinkToList();",
            Header,
            "source.Map(x => (x, x))\n    .StarMap((x, y) => LoadAsync(x + y)).MapAsync(task => task)\n    .SinkToList();");

    [Test]
    public async Task Fix_WithoutAResult_IsNotOffered()
    {
        var program = In(Header, "var tasks = source.[|Map<int, Task>|](x => Task.Delay(x));");

        Assert.That(await Run.OfferedAsync(program), Is.Empty);
    }
}
