namespace Streamz.Dataflow.Tests.Operators;

internal sealed class StarMapTests
{
    [Test]
    public async Task StarMap_Tuple_IsTakenApartInOrder()
    {
        var source = new StreamSource<(int, string, bool)>();
        var results = source.StarMap((number, text, flag) => $"{number} {text} {flag}").SinkToList();

        await source.EmitAsync((1, "a", true));
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { "1 a True" }));
    }

    [Test]
    public void StarMap_NullDelegate_NamesTheParameter() =>
        Assert.That(
            () => new StreamSource<(int, int)>().StarMap((Func<int, int, int>)null!),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("map"));

    [Test]
    public void StarMap_ResultIsATask_IsRefused() =>
        Assert.That(
            () => new StreamSource<(int, int)>().StarMap((first, second) => Task.FromResult(first + second)),
            Throws.ArgumentException.With.Message.Contains("StarMap"));

    [Test]
    public void StarMap_Label_ShowsTheDelegate() =>
        Assert.That(new StreamSource<(int, int)>().StarMap(Math.Max).Node.Label, Is.EqualTo("starmap Math.Max"));
}
