namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("MergePrioritized", Theme.Joins, "What comes behind takes one task every two seconds. When several wait, the urgent ones go first.")]
internal sealed class MergePrioritizedExample : Example
{
    protected override void Build()
    {
        var urgent = Input("urgent", (2, "U1"), (4, "U2"));
        var normal = Input("normal", (1, "N1"), (1.5, "N2"), (2.5, "N3"), (3, "N4"));

        var tasks = urgent.MergePrioritized(normal).RateLimit(TimeSpan.FromSeconds(2));

        Output(tasks);
    }
}
