namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf(
    "GroupBy",
    Theme.Branches,
    "A visit is over when its visitor did nothing for two seconds: the group ends and gives out what it holds.",
    Order = 2, Heading = "Groups that end")]
internal sealed class GroupByIdleExample : Example
{
    protected override void Build()
    {
        var pages = Input<(string Visitor, string Page)>("pages", (1, ("ann", "/")), (1.5, ("bob", "/")), (2, ("ann", "/a")), (6, ("ann", "/b")));
        var limits = new GroupByOptions { IdleTimeout = TimeSpan.FromSeconds(2) };

        var visits = pages.GroupBy(page => page.Visitor, group => group.Map(page => page.Page).Partition(100), limits);

        Output(visits);
    }
}
