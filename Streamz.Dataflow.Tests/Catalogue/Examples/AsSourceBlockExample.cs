using System.Threading.Tasks.Dataflow;

namespace Streamz.Dataflow.Tests.Catalogue.Examples;

[ExampleOf("AsSourceBlock", Theme.Bridges, "The stream is linked to a block of TPL Dataflow, which is completed when the stream ends.")]
internal sealed class AsSourceBlockExample : Example
{
    protected override void Build()
    {
        var numbers = Input("numbers", (1, 3), (2, 4), (3, 5));
        var written = Writer<int>("written");

        var writer = new ActionBlock<int>(written);
        numbers.AsSourceBlock().LinkTo(writer, new DataflowLinkOptions { PropagateCompletion = true });

        SeenBy((1, 1), (2, 2), (3, 3));
    }
}
