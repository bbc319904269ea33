using System.Globalization;
using Streamz.Dataflow.Analyzers;

namespace Streamz.Dataflow.Tests.Analyzers;

[TestFixture, CancelAfter(60_000)]
internal sealed class BlockingCallTests : AnalyzerTests<BlockingCallAnalyzer, AwaitBlockingCallFix>
{
    private const string Header = "public void Run()";

    [TestCase("source.Map(x => { [|Thread.Sleep(10)|]; return x; });")]
    [TestCase("source.Map(x => [|LoadAsync(x).Result|]);")]
    [TestCase("source.Map(x => [|LoadAsync(x).GetAwaiter().GetResult()|]);")]
    [TestCase("source.Map(x => [|LoadAsync(x).ConfigureAwait(false).GetAwaiter().GetResult()|]);")]
    [TestCase("source.Map(x => [|new ValueTask<int>(x).Result|]);")]
    [TestCase("source.Map(async x => [|LoadAsync(await LoadAsync(x)).Result|]);")]
    [TestCase("source.Sink(x => [|LoadAsync(x).Wait()|]);")]
    [TestCase("source.Sink(x => { [|Task.WaitAll(LoadAsync(x), LoadAsync(x))|]; });")]
    [TestCase("var other = new StreamSource<int>(); source.Sink(x => [|other.Emit(x)|]);")]
    [TestCase("source.Filter(x => [|Console.ReadLine()|] == \"y\");")]
    [TestCase("var gate = new SemaphoreSlim(1); source.Sink(x => { [|gate.Wait()|]; gate.Release(); });")]
    [TestCase("var gate = new ManualResetEvent(false); source.Sink(x => { [|gate.WaitOne(1000)|]; });")]
    [TestCase("source.Partition(3, key: x => [|LoadAsync(x).Result|]);")]
    [TestCase("source.Sink(delegate(int x) { [|Thread.Sleep(x)|]; });")]
    [TestCase("int Slow(int x) { [|Thread.Sleep(10)|]; return x; } source.Map(Slow); source.Map(Slow);")]
    [TestCase("source.Scatter(new LocalCluster()).Map(x => [|LoadAsync(x).Result|]);")]
    public async Task Delegate_ThatBlocks_IsFound(string statement) => await Run.ExpectAsync(In(Header, statement));

    [TestCase("Thread.Sleep(10);")]
    [TestCase("source.Map(async x => { await Task.Delay(10); return x; });")]
    [TestCase("source.Map(x => { Thread.Sleep(0); return x; });")]
    [TestCase("var gate = new SemaphoreSlim(1); source.Filter(x => gate.Wait(TimeSpan.Zero));")]
    [TestCase("source.Map(async x => { var a = LoadAsync(x); var b = LoadAsync(x); await Task.WhenAll(a, b); return a.Result + b.Result; });")]
    [TestCase("source.Map(x => { var a = LoadAsync(x); return a.IsCompletedSuccessfully ? a.Result : 0; });")]
    [TestCase("source.Sink(async x => await Task.Run(() => Thread.Sleep(10)));")]
    [TestCase("int Slow(int x) { Thread.Sleep(10); return x; } Slow(1);")]
    [TestCase("new[] { 1 }.Select(x => LoadAsync(x).Result).ToList();")]
    public async Task Code_ThatDoesNotBlockADelegate_IsFine(string statement) => await Run.ExpectAsync(In(Header, statement));

    [Test]
    public async Task Message_NamesTheCallTheOperatorAndTheCure()
    {
        var found = await Run.ExpectAsync(In(Header, "source.Sink(x => { [|Thread.Sleep(10)|]; });"));

        Assert.That(
            found[0].GetMessage(CultureInfo.InvariantCulture),
            Is.EqualTo("'Thread.Sleep' blocks a thread of the pipeline inside a delegate of 'Sink'; await Task.Delay in an async delegate, or pace the stream with RateLimit"));
    }

    [TestCase("source.Map(x => [|LoadAsync(x).Result|]).SinkToList();", "source.Map(async x => await LoadAsync(x)).SinkToList();")]
    [TestCase("source.Map(x => [|LoadAsync(x).Result|].ToString()).SinkToList();", "source.Map(async x => (await LoadAsync(x)).ToString()).SinkToList();")]
    [TestCase("source.Map(x => [|LoadAsync(x).GetAwaiter().GetResult()|]).SinkToList();", "source.Map(async x => await LoadAsync(x)).SinkToList();")]
    [TestCase("source.Map(x => { [|Thread.Sleep(10)|]; return x; });", "source.Map(async x => { await Task.Delay(10); return x; });")]
    [TestCase("source.Map(static x => { [|Thread.Sleep(10)|]; return x; });", "source.Map(static async x => { await Task.Delay(10); return x; });")]
    [TestCase("source.Map(x => { [|Thread.Sleep(10)|]; return LoadAsync(x); });", "source.Map(async x => { await Task.Delay(10); return await LoadAsync(x); });")]
    [TestCase("source.Sink(x => [|LoadAsync(x).Wait()|]);", "source.Sink(async x => await LoadAsync(x));")]
    [TestCase("source.Sink(x => [|Task.WaitAll(LoadAsync(x))|]);", "source.Sink(async x => await Task.WhenAll(LoadAsync(x)));")]
    [TestCase("var other = new StreamSource<int>(); source.Sink(x => [|other.Emit(x)|]);", "var other = new StreamSource<int>(); source.Sink(async x => await other.EmitAsync(x));")]
    [TestCase("source.Filter(x => [|Console.ReadLine()|] == \"y\");", "source.Filter(async x => await Console.In.ReadLineAsync() == \"y\");")]
    [TestCase("int Slow(int x) { [|Thread.Sleep(10)|]; return x; } source.Map(Slow);", "async Task<int> Slow(int x) { await Task.Delay(10); return x; } source.Map(Slow);")]
    public Task Fix_AwaitsInAnAsyncDelegate(string body, string fixedBody) => FixesAsync(Header, body, Header, fixedBody);

    /// <summary>A key would become the task itself, and compile.</summary>
    [TestCase("source.Partition(3, key: x => [|LoadAsync(x).Result|]);")]
    [TestCase("source.Sink(x => [|LoadAsync(x).Wait(1000)|]);")]
    [TestCase("source.Sink(x => { lock (source) { [|LoadAsync(x).Wait()|]; } });")]
    [TestCase("var gate = new ManualResetEvent(false); source.Sink(x => { [|gate.WaitOne()|]; });")]
    public async Task Fix_WhereNothingIsAwaited_IsNotOffered(string body)
    {
        await Run.ExpectAsync(In(Header, body));

        Assert.That(await Run.OfferedAsync(In(Header, body)), Is.Empty);
    }
}
