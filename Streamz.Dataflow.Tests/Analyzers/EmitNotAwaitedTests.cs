using System.Globalization;
using Streamz.Dataflow.Analyzers;

namespace Streamz.Dataflow.Tests.Analyzers;

[TestFixture, CancelAfter(60_000)]
internal sealed class EmitNotAwaitedTests : AnalyzerTests<EmitNotAwaitedAnalyzer, AwaitEmitFix>
{
    private const string Async = "public async Task RunAsync()";
    private const string Void = "public void Run()";

    [TestCase("[|source.EmitAsync(1)|];")]
    [TestCase("[|source.EmitAllAsync([1, 2])|];")]
    [TestCase("[|source.DeliverAsync(1)|];")]
    [TestCase("[|source.CompleteAsync()|];")]
    [TestCase("[|source.DisposeAsync()|];")]
    [TestCase("[|source.EmitAsync(1)|].AsTask();")]
    [TestCase("[|source.CompleteAsync()|].ConfigureAwait(false);")]
    [TestCase("source?[|.EmitAsync(1)|];")]
    [TestCase("IEmitter<int> emitter = source; [|emitter.EmitAsync(1)|];")]
    [TestCase("new List<int>().ForEach(x => [|source.EmitAsync(x)|]);")]
    [TestCase("new List<int>().ForEach(x => { [|source.EmitAsync(x)|]; });")]
    [TestCase("if (DateTime.Today.Year > 1) [|source.EmitAsync(1)|];")]
    public async Task Emit_AsTheWholeOfAStatement_IsFound(string statement) => await Run.ExpectAsync(In(Void, statement));

    [TestCase("await source.EmitAsync(1);")]
    [TestCase("await source.EmitAsync(1).ConfigureAwait(false);")]
    [TestCase("var emit = source.EmitAsync(1); await emit;")]
    [TestCase("_ = source.DeliverAsync(1);")]
    [TestCase("await Task.WhenAll(source.DeliverAsync(1), source.DeliverAsync(2));")]
    [TestCase("source.EmitAsync(1).AsTask().Wait();")]
    [TestCase("source.Emit(1); source.TryEmit(1); source.Complete();")]
    [TestCase("var other = new StreamSource<int>(); source.Sink(x => other.EmitAsync(x));")]
    [TestCase("Func<int, ValueTask> emit = x => source.EmitAsync(x); await emit(1);")]
    public async Task Emit_AwaitedOrKept_IsFine(string statement) => await Run.ExpectAsync(In(Async, statement));

    [Test]
    public async Task Message_NamesTheCallAndTheCure()
    {
        var found = await Run.ExpectAsync(In(Void, "[|source.EmitAsync(1)|];"));

        Assert.That(found[0].GetMessage(CultureInfo.InvariantCulture), Does.Contain("'EmitAsync'").And.EndWith("await it"));
    }

    [Test]
    public Task Fix_InAsyncMethod_Awaits() =>
        FixesAsync(Async, "[|source.EmitAsync(1)|];", Async, "await source.EmitAsync(1);");

    [Test]
    public Task Fix_KeepsWhatFollowsTheCall() =>
        FixesAsync(Async, "[|source.EmitAsync(1)|].ConfigureAwait(false);", Async, "await source.EmitAsync(1).ConfigureAwait(false);");

    [Test]
    public Task Fix_InVoidMethod_MakesItAsync() =>
        FixesAsync(Void, "[|source.EmitAsync(1)|]; // now", "public async Task Run()", "await source.EmitAsync(1); // now");

    [Test]
    public Task Fix_InMethodThatReturnsTask_AwaitsWhatWasReturned() =>
        FixesAsync(
            "public Task<int> RunAsync(bool now)",
            "[|source.EmitAsync(1)|];\nif (now) return Task.FromResult(1);\nreturn LoadAsync(2);",
            "public async Task<int> RunAsync(bool now)",
            "await source.EmitAsync(1);\nif (now) return 1;\nreturn await LoadAsync(2);");

    [Test]
    public Task Fix_InMethodThatReturnsCompletedTask_ReturnsNothing() =>
        FixesAsync(
            "public Task RunAsync()",
            "[|source.EmitAsync(1)|];\nreturn Task.CompletedTask;",
            "public async Task RunAsync()",
            "await source.EmitAsync(1);\nreturn;");

    [Test]
    public Task Fix_InAsyncLambda_Awaits() =>
        FixesAsync(
            Async,
            "await Parallel.ForEachAsync([1], async (x, _) => { [|source.EmitAsync(x)|]; await Task.Yield(); });",
            Async,
            "await Parallel.ForEachAsync([1], async (x, _) => { await source.EmitAsync(x); await Task.Yield(); });");

    [Test]
    public async Task Fix_OfTopLevelStatement_Awaits()
    {
        var program = await Run.FixAsync("var source = new StreamSource<int>();\n[|source.EmitAsync(1)|];\n");

        Assert.That(program, Is.EqualTo("var source = new StreamSource<int>();\nawait source.EmitAsync(1);\n"));
    }

    /// <summary>None of these can be made asynchronous without changing what others rely on.</summary>
    [TestCase("public override string ToString()", "[|source.EmitAsync(1)|]; return \"\";")]
    [TestCase("public int Run(ref int x)", "[|source.EmitAsync(x)|]; return x;")]
    [TestCase("public int Run()", "[|source.EmitAsync(1)|]; return 1;")]
    [TestCase("public Program()", "[|source.EmitAsync(1)|];")]
    [TestCase("public async Task RunAsync()", "await Task.Yield(); lock (source) { [|source.EmitAsync(1)|]; }")]
    [TestCase("public async Task RunAsync()", "await Task.Yield(); source?[|.EmitAsync(1)|];")]
    public async Task Fix_WhereNoAwaitCanStand_IsNotOffered(string header, string body)
    {
        await Run.ExpectAsync(In(header, body));

        Assert.That(await Run.OfferedAsync(In(header, body)), Is.Empty);
    }
}
