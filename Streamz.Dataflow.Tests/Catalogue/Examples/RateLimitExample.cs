namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("RateLimit", Theme.Time, "A burst of requests passes one every two seconds. The first passes at once, nothing is lost, and those who emit wait.")]
internal sealed class RateLimitExample : Example
{
    protected override void Build()
    {
        var requests = Input("requests", (1, "a"), (1.5, "b"), (2, "c"), (8, "d"));

        var paced = requests.RateLimit(TimeSpan.FromSeconds(2));

        Output(paced);
    }
}
