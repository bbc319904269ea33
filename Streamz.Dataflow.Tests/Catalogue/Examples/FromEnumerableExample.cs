namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("FromEnumerable", Theme.Sources, "The items are pulled one by one, at the pace of the pipeline: here one a second.")]
internal sealed class FromEnumerableExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var words = StreamSource.FromEnumerable(["one", "two", "three"], options);

        var paced = words.RateLimit(TimeSpan.FromSeconds(1));

        Output(paced);
    }
}
