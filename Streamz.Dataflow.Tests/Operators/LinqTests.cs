namespace Streamz.Dataflow.Tests.Operators;

internal sealed class LinqTests
{
    [Test]
    public async Task Query_WhereSelect_IsFilterAndMap()
    {
        var source = new StreamSource<int>();
        var query = from value in source
                    where value % 2 == 0
                    select value * 10;
        var results = query.SinkToList();

        await source.EmitAllAsync([1, 2, 3, 4]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { 20, 40 }));
        Assert.That(query.Node.Operator, Is.EqualTo("map"));
    }

    [Test]
    public async Task Query_TwoFroms_FlattensWithTheElement()
    {
        var source = new StreamSource<string>();
        var results = (from line in source
                       from letter in line
                       let upper = char.ToUpperInvariant(letter)
                       where upper != 'B'
                       select $"{line}:{upper}").SinkToList();

        await source.EmitAllAsync(["ab", "c"]);
        await source.CompleteAsync();

        Assert.That(results, Is.EqualTo(new[] { "ab:A", "c:C" }));
    }

    [Test]
    public void Select_NullSelector_NamesTheParameter()
    {
        var source = new StreamSource<int>();
        Assert.That(() => source.Select((Func<int, int>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("selector"));
        Assert.That(() => source.Where(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("predicate"));
    }
}
