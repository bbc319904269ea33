using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The merge by priority operator: a union in which the elements of an earlier stream go first.</summary>
/// <remarks>
/// <b>Order:</b> what goes on next is always an element of the first stream that has one waiting, and of that stream the oldest; also while
/// downstream is slow. Priorities are strict: as long as earlier streams always have something waiting, later ones starve. <b>Buffering:</b> a queue for
/// each stream, as long as the node's capacity. <b>Back-pressure:</b> each stream waits when its own queue is full, whatever the others
/// do. <b>Completion:</b> ends when all streams have ended. <b>Faults:</b> has none of its own. <c>Connect</c> adds a stream of the lowest priority
/// to a graph that is not running, and <c>Disconnect</c> removes one.
/// </remarks>
public static class MergePrioritizedOperator
{
    /// <summary>Merges streams of one type; whenever several have elements waiting, those of the earlier stream go first.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream of the highest priority.</param>
    /// <param name="lower">The other streams, in falling priority.</param>
    /// <returns>The stream of the elements of all.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/>, <paramref name="lower"/> or one of them is null.</exception>
    public static Stream<T> MergePrioritized<T>(this Stream<T> stream, params Stream<T>[] lower) => MergePrioritized(stream, null, lower);

    /// <summary>Merges streams of one type; whenever several have elements waiting, those of the earlier stream go first.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream of the highest priority.</param>
    /// <param name="options">The name of the node, and its capacity for each stream.</param>
    /// <param name="lower">The other streams, in falling priority.</param>
    /// <returns>The stream of the elements of all.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/>, <paramref name="lower"/> or one of them is null.</exception>
    public static Stream<T> MergePrioritized<T>(this Stream<T> stream, NodeOptions? options, params Stream<T>[] lower)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(lower);
        foreach (var other in lower)
        {
            ArgumentNullException.ThrowIfNull(other, nameof(lower));
        }

        return new JoinAllNode<T, T>("merge_prioritized", sides => new MergeStage<T>(sides.Count)).Join(options, [stream, .. lower]);
    }

    /// <summary>
    /// Takes everything that has arrived, then pushes one element on, then takes what has arrived meanwhile, and so on. An element
    /// keeps its place until it is through.
    /// </summary>
    private sealed class MergeStage<T> : JoinStage<T>, IChangingJoin
    {
        private readonly List<(int Input, Queue<Element<T>> Waiting)> _sides = [];
        private readonly Func<ValueTask> _pushNext;
        private bool _isAsked;

        public MergeStage(int sides)
        {
            _pushNext = PushNextAsync;
            for (var i = 0; i < sides; i++)
            {
                AddSide();
            }
        }

        public void AddSide()
        {
            var input = InputCount;
            var waiting = new Queue<Element<T>>();
            _sides.Add((input, waiting));
            AddInput<T>(element => OnElement(input, waiting, element));
        }

        public ValueTask RemoveSideAsync(int input)
        {
            var side = _sides.Find(each => each.Input == input);
            _sides.Remove(side);
            while (side.Waiting.TryDequeue(out var element))
            {
                Context.Drop(element.Context);
                element.Context?.Release();
                Context.ReturnPlace(input);
            }

            return default;
        }

        private ValueTask OnElement(int input, Queue<Element<T>> waiting, Element<T> element)
        {
            element.Context?.Hold();
            Context.KeepPlace(input);
            waiting.Enqueue(element);
            Ask();
            return default;
        }

        private void Ask()
        {
            if (!_isAsked)
            {
                _isAsked = true;
                Context.WhenCaughtUp(_pushNext);
            }
        }

        private ValueTask PushNextAsync()
        {
            _isAsked = false;
            foreach (var (input, waiting) in _sides)
            {
                if (waiting.TryDequeue(out var element))
                {
                    return PushNextAsync(input, element);
                }
            }

            return default;
        }

        private ValueTask PushNextAsync(int input, Element<T> element)
        {
            var pushed = PushAsync(element);
            if (!pushed.IsCompletedSuccessfully)
            {
                return FinishAsync(pushed, input, element.Context);
            }

            Finish(input, element.Context);
            return default;
        }

        private async ValueTask FinishAsync(ValueTask pushed, int input, ElementContext? context)
        {
            await pushed.ConfigureAwait(true);
            Finish(input, context);
        }

        private void Finish(int input, ElementContext? context)
        {
            context?.Release();
            Context.ReturnPlace(input);
            if (_sides.Exists(static side => side.Waiting.Count > 0))
            {
                Ask();
            }
        }
    }
}
