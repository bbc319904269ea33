using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The sliding window operator.</summary>
/// <remarks>
/// <b>Order:</b> kept. <b>Buffering:</b> the last elements of the window, which stay retained after they were delivered. <b>Back-pressure:</b>
/// waits for downstream. <b>Completion:</b> ends with its input; a window that never filled is emitted only if partial ones are.
/// <b>Faults:</b> has none of its own. Without partial windows the first elements are delivered with the first full window.
/// </remarks>
public static class SlidingWindowOperator
{
    /// <summary>Emits, for each element, the last elements up to it, the oldest first.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="n">The length of the window; one or more.</param>
    /// <param name="returnPartial">Whether windows that are not full yet are emitted. The default is true.</param>
    /// <param name="options">The name and capacity of the node.</param>
    /// <returns>The stream of windows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is less than one.</exception>
    public static Stream<IReadOnlyList<T>> SlidingWindow<T>(this Stream<T> stream, int n, bool returnPartial = true, NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        return stream.Then(
            new OperatorNode<T, IReadOnlyList<T>>("sliding_window", () => new SlidingWindowStage<T>(n, returnPartial))
            {
                Kind = NodeKind.Batching,
                Details = returnPartial ? $"n={n}" : $"n={n} full",
                InputsPerOutput = 1,
            },
            options);
    }

    private sealed class SlidingWindowStage<T>(int n, bool returnPartial) : Stage<T, IReadOnlyList<T>>, ISnapshot
    {
        private readonly List<Element<T>> _window = [];
        private bool _hasEmitted;

        public override async ValueTask OnElementAsync(Element<T> element)
        {
            while (_window.Count >= n)
            {
                _window[0].Context?.ReleaseRetained();
                _window.RemoveAt(0);
            }

            _window.Add(element);
            element.Context?.Retain();
            if (_window.Count < n && !returnPartial)
            {
                element.Context?.Hold();
                return;
            }

            var members = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_window);
            var values = new T[members.Length];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = members[i].Value;
            }

            await PushAsync(new Element<IReadOnlyList<T>>(values, ElementContext.Merge<T>(members))).ConfigureAwait(true);
            if (!_hasEmitted && !returnPartial)
            {
                // All but the last were owed since before the window filled.
                foreach (var owed in _window[..^1])
                {
                    owed.Context?.Release();
                }
            }

            _hasEmitted = true;
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_window.Count > 0)
            {
                snapshot.WriteElements("window", _window);
                snapshot.Write("emitted", _hasEmitted);
            }
        }

        public void Restore(SnapshotReader snapshot)
        {
            _window.AddRange(snapshot.ReadElements<T>("window"));
            _hasEmitted = snapshot.Read<bool>("emitted");
        }

        public override ValueTask OnFlushAsync()
        {
            if (!_hasEmitted && !returnPartial)
            {
                foreach (var element in _window)
                {
                    element.Context?.Release();
                }
            }

            foreach (var element in _window)
            {
                element.Context?.ReleaseRetained();
            }

            _window.Clear();
            return default;
        }
    }
}
