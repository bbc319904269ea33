using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>A sink that also tells when its stream has ended.</summary>
internal static class RecordingSink
{
    public static void Behind<T>(Stream<T> stream, Action<T> onValue, Action onEnd) =>
        stream.Then(new SinkNode<T>("record", () => new RecordingStage<T>(onValue, onEnd)));

    private sealed class RecordingStage<T>(Action<T> onValue, Action onEnd) : SinkStage<T>
    {
        public override ValueTask OnElementAsync(Element<T> element)
        {
            onValue(element.Value);
            return default;
        }

        public override ValueTask OnFlushAsync()
        {
            onEnd();
            return default;
        }
    }
}
