namespace Streamz.Dataflow.Stages;

/// <summary>
/// A stage with one input from the graph and one of its own, which loops that it starts feed while it takes its turns. It ends when the
/// input from the graph has ended and no loop runs any more.
/// </summary>
/// <typeparam name="TIn">The type of what comes in.</typeparam>
/// <typeparam name="TFed">The type of what the loops feed.</typeparam>
/// <typeparam name="TOut">The type of what goes on.</typeparam>
internal abstract class FeedStage<TIn, TFed, TOut> : JoinStage<TOut>, IFeedStage
{
    private Feed<TFed> _feed = null!;

    protected FeedStage()
    {
        AddInput<TIn>(OnElementAsync);
        AddInput<TFed>(OnFedAsync);
    }

    void IFeedStage.Attach(object feed) => _feed = (Feed<TFed>)feed;

    /// <summary>Takes an element of the graph.</summary>
    protected abstract ValueTask OnElementAsync(Element<TIn> element);

    /// <summary>Takes an element that a loop has fed.</summary>
    protected abstract ValueTask OnFedAsync(Element<TFed> element);

    /// <summary>Starts a loop beside the turns of the stage.</summary>
    protected void StartLoop(Func<FeedLoop<TFed>, Task> loop) => _feed.Start(loop);

    /// <summary>Cancels what a loop waits for, beside the turns of the stage.</summary>
    protected void Cancel(CancellationTokenSource source) => _feed.Cancel(source);
}

/// <summary>A stage that feeds itself, whatever its types.</summary>
internal interface IFeedStage : IStage
{
    /// <summary>Gives the stage its feed, before anything else happens.</summary>
    void Attach(object feed);
}

/// <summary>Where a stage feeds itself: its second inlet.</summary>
internal abstract class Feed<T>
{
    /// <summary>Runs a loop until it ends; called within the stage's turns.</summary>
    public abstract void Start(Func<FeedLoop<T>, Task> loop);

    /// <summary>Cancels a token; what is called back then runs elsewhere.</summary>
    public abstract void Cancel(CancellationTokenSource source);
}

/// <summary>What a loop may ask of the pipeline that runs it. It is counted as moving, except where it awaits something here.</summary>
internal abstract class FeedLoop<T>
{
    /// <summary>Cancelled when the loop is to end, because the pipeline stops or nobody wants what it feeds.</summary>
    public abstract CancellationToken Stopping { get; }

    /// <summary>Feeds an element, and waits until the pipeline has taken it.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the element was not taken.</exception>
    public abstract ValueTask PutAsync(Element<T> element, CancellationToken cancellation);

    /// <summary>Awaits a task that user code returned.</summary>
    public abstract ValueTask<TResult> AwaitAsync<TResult>(ValueTask<TResult> task);

    /// <summary>Awaits a task that user code returned.</summary>
    public abstract ValueTask AwaitAsync(ValueTask task);

    /// <summary>An element has failed.</summary>
    public abstract ValueTask FailAsync<TElement>(Exception failure, Element<TElement> element);

    /// <summary>The pipeline was stopping before an element was through: if it stops because of a failure, the element is abandoned.</summary>
    public abstract void CutShort(ElementContext? context);
}
