namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("Sample", Theme.Time, "The newest reading goes on when somebody asks for it, once.", Order = 2, Heading = "By another stream")]
internal sealed class SampleByStreamExample : Example
{
    protected override void Build()
    {
        var readings = Input("readings", (1, 7), (2, 8), (4, 9), (6, 4));
        var requests = Input("requests", (2.5, "?"), (3.5, "?"), (5, "?"));

        var answers = readings.Sample(requests);

        Output(answers);
    }
}
