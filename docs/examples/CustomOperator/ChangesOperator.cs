using Streamz.Dataflow;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Shop.Pipelines;

/// <summary>Lets an element through if it differs from the one before.</summary>
public static class ChangesOperator
{
    public static Stream<T> Changes<T>(this Stream<T> stream, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Then(new OperatorNode<T, T>("changes", () => new ChangesStage<T>()) { Kind = NodeKind.Stateful }, options);
    }

    private sealed class ChangesStage<T> : Stage<T, T>
    {
        private bool _hasLast;
        private T? _last;

        public override ValueTask OnElementAsync(Element<T> element)
        {
            if (_hasLast && EqualityComparer<T>.Default.Equals(_last, element.Value))
            {
                return default;
            }

            (_hasLast, _last) = (true, element.Value);
            return PushAsync(element);
        }
    }
}
