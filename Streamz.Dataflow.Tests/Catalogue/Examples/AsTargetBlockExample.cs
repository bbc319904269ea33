using System.Threading.Tasks.Dataflow;

namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("AsTargetBlock", Theme.Bridges, "A block of TPL Dataflow is linked to the source of a pipeline, and its completion ends the source.")]
internal sealed class AsTargetBlockExample : Example
{
    protected override void Build()
    {
        var options = GivenOptions();
        var parser = GivenBlock("parser", (1, 3), (2, 4), (3, 5));

        var source = new StreamSource<int>(options);
        parser.LinkTo(source.AsTargetBlock(), new DataflowLinkOptions { PropagateCompletion = true });
        var squares = source.Map(number => number * number);

        Output(squares);
    }
}
