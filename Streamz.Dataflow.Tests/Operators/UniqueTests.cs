using System.Diagnostics.CodeAnalysis;
using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Operators;

internal sealed class UniqueTests
{
    [Test]
    [Parity("3.1", "test_unique", "=")]
    public async Task Unique_Repetitions_AreLeftOut() => Assert.That(await RunAsync([1, 2, 1], each => each.Unique()), Is.EqualTo(new[] { 1, 2 }));

    [Test]
    [Parity("3.1", "test_unique_key", "=")]
    public async Task Unique_KeyAndHistoryOfOne_LeavesOutDirectRepetitions() =>
        Assert.That(await RunAsync([1, 1, 2, 2, 3, 3], each => each.Unique(value => value % 2, maxHistory: 1)), Is.EqualTo(new[] { 1, 2, 3 }));

    [Test]
    [Parity("3.1", "test_unique_history", "=")]
    public async Task Unique_History_ForgetsWhatWasNotSeenForLongest()
    {
        // A repetition of 1 makes 2 the oldest; 3 displaces it.
        int[] inputs = [1, 2, 1, 2, 1, 2, 3, 1, 2];

        Assert.That(await RunAsync(inputs, each => each.Unique(maxHistory: 2)), Is.EqualTo(new[] { 1, 2, 3, 1, 2 }));
        Assert.That(await RunAsync(inputs, each => each.Unique(value => value, maxHistory: 2)), Is.EqualTo(new[] { 1, 2, 3, 1, 2 }));
        Assert.That(await RunAsync([1, 2, 1, 3, 1, 2], each => each.Unique(maxHistory: 2)), Is.EqualTo(new[] { 1, 2, 3, 2 }), "The repetition of 1 kept it.");
    }

    [Test]
    [Parity("3.1", "test_unique_history_dict", "=")]
    public async Task Unique_DictionariesWithAComparer_AreComparedByContent()
    {
        Dictionary<string, int> a = new() { ["x"] = 1 }, sameAsA = new() { ["x"] = 1 }, b = new() { ["x"] = 2 }, c = new() { ["x"] = 3 };

        var results = await RunAsync([a, b, sameAsA, c, b], each => each.Unique(maxHistory: 2, new ByContent()));

        Assert.That(results, Is.EqualTo(new[] { a, b, c, b }).Using<Dictionary<string, int>>(ReferenceEquals));
    }

    [Test]
    [Parity("3.1", "test_unique_metadata", "=")]
    public async Task Unique_Traced_TheTraceGoesOn()
    {
        using var recorder = new TraceRecorder();
        var source = new StreamSource<int>();
        source.Unique().Buffer(1).Named("after unique").SinkToList();

        var first = await TraceRecorder.UnderNewTraceAsync(() => source.EmitAsync(1).Soon());
        await TraceRecorder.UnderNewTraceAsync(() => source.EmitAsync(1).Soon());
        await source.CompleteAsync().Soon();

        Assert.That(recorder.Of("after unique").SelectMany(TraceRecorder.Parents), Is.EqualTo(new[] { first }));
    }

    [Test]
    public async Task Unique_Repetition_IsDelivered()
    {
        var source = new StreamSource<int>();
        source.Unique().SinkToList();

        await source.EmitAsync(1).Soon();
        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Delivered));
        await source.CompleteAsync().Soon();
    }

    [Test]
    public async Task Unique_Nulls_AreKeysLikeOthers() =>
        Assert.That(await RunAsync(["a", null, "b", null], each => each.Unique(maxHistory: 3, comparer: StringComparer.Ordinal!)), Is.EqualTo(new[] { "a", null, "b" }));

    [Test]
    public async Task Unique_Comparer_DecidesWhatIsTheSame() =>
        Assert.That(await RunAsync(["a", "A", "b"], each => each.Unique(text => text, comparer: StringComparer.OrdinalIgnoreCase)), Is.EqualTo(new[] { "a", "b" }));

    [Test]
    public async Task Unique_KeyFails_TheElementIsNotRemembered()
    {
        var fails = true;
        var source = new StreamSource<int>(new StreamOptions { OnError = ErrorPolicy.Skip });
        var results = source.Unique(value => fails ? throw new FormatException() : value).SinkToList();

        Assert.That(await source.DeliverAsync(1).Soon(), Is.EqualTo(DeliveryOutcome.Dropped));
        fails = false;
        await source.EmitAsync(1).Soon();
        await source.CompleteAsync().Soon();

        Assert.That(results, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Unique_BadArguments_AreNamed()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Unique(maxHistory: 0), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxHistory").And.Property("ActualValue").Zero);
        Assert.That(() => source.Unique((Func<int, int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("key"));
        Assert.That(() => source.Unique(value => Task.FromResult(value)), Throws.ArgumentException.With.Message.Contains("nobody awaits"));
    }

    [Test]
    public void Unique_Label_ShowsItsLimitAndKey()
    {
        var source = new StreamSource<string>();
        Assert.That(source.Unique().Node.Label, Is.EqualTo("unique maxHistory=100000"));
        Assert.That(source.Unique(text => text.Length, maxHistory: 5).Node.Label, Is.EqualTo("unique maxHistory=5 by text => text.Length"));
    }

    private static async Task<IReadOnlyList<T>> RunAsync<T>(IEnumerable<T> inputs, Func<Stream<T>, Stream<T>> build)
    {
        var source = new StreamSource<T>();
        var results = build(source).SinkToList();
        await source.EmitAllAsync(inputs).Soon();
        await source.CompleteAsync().Soon();
        return results;
    }

    private sealed class ByContent : IEqualityComparer<Dictionary<string, int>>
    {
        public bool Equals(Dictionary<string, int>? x, Dictionary<string, int>? y) => x!.Count == y!.Count && !x.Except(y).Any();

        public int GetHashCode([DisallowNull] Dictionary<string, int> obj) => obj.Count;
    }
}
