using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Graph.Hosting;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The balance operator: several workers, each with operators of its own, share the elements.</summary>
/// <remarks>
/// <b>Order:</b> results come as they are ready, unless asked for in order; those of one element stay together. <b>Buffering:</b> twice the number
/// of workers, in elements. <b>Back-pressure:</b> upstream waits while all workers are busy and as many elements wait. <b>Completion:</b> ends with
/// its input, after what is at work. <b>Faults:</b> an exception in a worker fails the element, none of whose results go on, under the name of
/// this node, and meets its error policy; the state of the worker stays.
/// </remarks>
/// <seealso cref="MapAsyncOperator"/>
/// <seealso cref="GroupByOperator"/>
public static class BalanceOperator
{
    /// <summary>
    /// Gives each element to a worker that is free: <c>images.Balance(4, worker => worker.Map(Decode).Filter(IsLarge))</c>.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The body is called once for each worker, where the graph is defined. What it makes there belongs to that worker alone, which works on
    /// one element at a time: a connection or a scratch buffer needs no lock. The state of stateful operators is that of one worker, and
    /// new in every run.
    /// </para>
    /// <para>
    /// How it differs: <c>MapAsync</c> with <c>maxDegreeOfParallelism</c> calls one delegate, shared by all calls, and makes one result of each
    /// element; it is simpler wherever that is enough. <c>GroupBy</c> gives all elements of a key to the same operators, in order, but one
    /// element at a time; here any worker may get any element, so that state is a matter of the worker and not of the data.
    /// </para>
    /// </remarks>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TOut">The type of what the workers give.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="workers">How many workers; one or more.</param>
    /// <param name="worker">
    /// Puts operators behind the stream of one worker, and returns the last. Operators that act by the clock or hold elements, parallel ones,
    /// joins, sources, sinks, feedback, a cluster (Scatter), and nodes with a capacity or an error policy of their own are refused.
    /// </param>
    /// <param name="ordered">Whether results keep the order of their elements. The default is false.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <returns>The stream of what the workers give.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> or <paramref name="worker"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="workers"/> is less than one.</exception>
    /// <exception cref="ArgumentException"><paramref name="worker"/> returned null, or contains what a worker cannot carry.</exception>
    public static Stream<TOut> Balance<T, TOut>(
        this Stream<T> stream,
        int workers,
        Func<Stream<T>, Stream<TOut>> worker,
        bool ordered = false,
        NodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentNullException.ThrowIfNull(worker);
        var rules = new WorkerRules("Balance", "worker", nameof(worker));
        Template<T, TOut>[] templates = [.. Enumerable.Range(0, workers).Select(_ => Template<T, TOut>.Define(worker, rules))];
        return stream
            .Then(
                new OperatorNode<T, WorkerOutputs<TOut>>("balance", () => CreateStage(templates), workers, ordered)
                {
                    Details = DelegateText.Of(templates[0].Text),
                    HasFixedParallelism = true,
                    MayWait = templates.Any(template => template.MayWait),
                    SnapshotObjection = templates.SelectMany(template => template.Nodes).FirstOrDefault(node => node.KeepsState) is { } kept
                        ? $"has a state in each worker, that of '{kept}', which the next run could not give back to the same elements. Put '{kept}' behind it"
                        : null,
                    InputsPerOutput = 1,
                },
                options)
            .Then(new OperatorNode<WorkerOutputs<TOut>, TOut>("results", () => new ResultsStage<TOut>()));
    }

    private static ParallelStage<T, WorkerOutputs<TOut>> CreateStage<T, TOut>(Template<T, TOut>[] templates)
    {
        WorkerPool<T, TOut>? pool = null;
        return new ParallelStage<T, WorkerOutputs<TOut>>((value, _) => pool!.InvokeAsync(value), context => pool = new(templates, context));
    }

    /// <summary>The workers that are free. There are as many as elements are worked on at once, so there is always one.</summary>
    private sealed class WorkerPool<T, TOut>
    {
        private readonly Lock _gate = new();
        private readonly Stack<Worker<T, TOut>> _free;

        public WorkerPool(Template<T, TOut>[] templates, StageContext context) =>
            _free = new(templates.Reverse().Select(template => new Worker<T, TOut>(template, context)));

        public async ValueTask<WorkerOutputs<TOut>> InvokeAsync(T value)
        {
            Worker<T, TOut> worker;
            lock (_gate)
            {
                worker = _free.Pop();
            }

            try
            {
                return await worker.InvokeAsync(value).ConfigureAwait(true);
            }
            finally
            {
                lock (_gate)
                {
                    _free.Push(worker);
                }
            }
        }
    }

    /// <summary>Pushes on each result.</summary>
    private sealed class ResultsStage<T> : Stage<WorkerOutputs<T>, T>
    {
        public override ValueTask OnElementAsync(Element<WorkerOutputs<T>> element)
        {
            if (element.Value.HasDropped)
            {
                // Counted at the node of the workers.
                element.Context?.Raise(DeliveryOutcome.Dropped);
            }

            return element.Value.Count switch
            {
                0 => default,
                1 => PushAsync(element.With(element.Value.First)),
                _ => PushAllAsync(element),
            };
        }

        private async ValueTask PushAllAsync(Element<WorkerOutputs<T>> element)
        {
            await PushAsync(element.With(element.Value.First)).ConfigureAwait(true);
            foreach (var more in element.Value.More!)
            {
                await PushAsync(element.With(more)).ConfigureAwait(true);
            }
        }
    }
}
