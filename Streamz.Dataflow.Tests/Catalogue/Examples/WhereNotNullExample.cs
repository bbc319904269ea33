namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("WhereNotNull", Theme.Choosing, "What could be parsed goes on, as int and no longer as int?.")]
internal sealed class WhereNotNullExample : Example
{
    protected override void Build()
    {
        var parsed = Input<int?>("parsed", (1, 7), (2, null), (3, 0), (4, null), (5, 9));

        var numbers = parsed.WhereNotNull();

        Output(numbers);
    }
}
