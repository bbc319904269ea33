using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Tests.Runtime;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SpareListTests
{
    private readonly SpareList<int> _spare = new();

    [Test]
    public void Take_AListWasGivenBack_IsThatListAndEmpty()
    {
        var list = Filled(10);

        _spare.GiveBack(list);

        Assert.That(_spare.Take(), Is.SameAs(list).And.Empty);
        Assert.That(_spare.Take(), Is.Not.SameAs(list), "It is gathered in already.");
    }

    [Test]
    public void GiveBack_NearlyEmpty_LetsItGo()
    {
        var list = Filled(10_000);
        list.RemoveRange(10, 9_990);

        _spare.GiveBack(list);

        Assert.That(_spare.Take(), Is.Not.SameAs(list));
    }

    private static List<Element<int>> Filled(int count) => [.. Enumerable.Range(0, count).Select(value => new Element<int>(value, null))];
}
