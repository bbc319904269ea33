using System.Diagnostics;

namespace Streamz.Dataflow.Stages;

/// <summary>
/// What travels with an element: the tickets that follow it and the trace that it belongs to. It must not be kept without being held: it is used
/// again for another element.
/// </summary>
/// <remarks>
/// A stage that keeps an element beyond the call that brought it calls <see cref="Hold"/> when it takes it and
/// <see cref="Release"/> when everything made from it was pushed on; one that only remembers a value for later use, and
/// owes nothing for it, uses <see cref="Retain"/> and <see cref="ReleaseRetained"/>.
/// </remarks>
public abstract class ElementContext
{
    private protected ElementContext()
    {
    }

    /// <summary>The trace context in force where the element was emitted; the first parent's for a merged element.</summary>
    public ActivityContext Trace { get; private protected set; }

    /// <summary>The trace contexts of all parents of an element that was made from several; empty otherwise.</summary>
    public virtual IReadOnlyList<ActivityContext> Links => [];

    /// <summary>Merges the contexts of several elements into that of one made from them.</summary>
    /// <typeparam name="T">The type of the parents' values.</typeparam>
    /// <param name="parents">The parents.</param>
    /// <returns>The merged context, or <see langword="null"/> when no parent has one.</returns>
    public static ElementContext? Merge<T>(ReadOnlySpan<Element<T>> parents)
    {
        ElementContext? only = null;
        Union? union = null;
        foreach (var parent in parents)
        {
            if (parent.Context is not { } context || ReferenceEquals(context, only))
            {
                continue;
            }

            if (only is null)
            {
                only = context;
                continue;
            }

            union ??= new Union(only);
            union.Add(context);
        }

        return union?.ToContext() ?? only;
    }

    /// <summary>Merges two contexts into that of an element made from both.</summary>
    /// <param name="first">The first context, or <see langword="null"/>.</param>
    /// <param name="second">The second context, or <see langword="null"/>.</param>
    /// <returns>The merged context, or <see langword="null"/> when both are.</returns>
    public static ElementContext? Merge(ElementContext? first, ElementContext? second)
    {
        if (first is null || second is null || ReferenceEquals(first, second))
        {
            return first ?? second;
        }

        var union = new Union(first);
        union.Add(second);
        return union.ToContext();
    }

    /// <summary>Keeps the element from being delivered until <see cref="Release"/>.</summary>
    public abstract void Hold();

    /// <summary>Ends what <see cref="Hold"/> began.</summary>
    public abstract void Release();

    /// <summary>Keeps the element from being released, though it may be delivered, until <see cref="ReleaseRetained"/>.</summary>
    public abstract void Retain();

    /// <summary>Ends what <see cref="Retain"/> began.</summary>
    public abstract void ReleaseRetained();

    /// <summary>The pipeline takes an element as it was emitted, and with it the count of its issuer.</summary>
    /// <param name="now">The time, by the clock of the pipeline, if it is known; else 0, and no latency is recorded.</param>
    internal virtual void Accept(long now = 0)
    {
    }

    /// <summary>The pipeline has not taken an element that was to be emitted.</summary>
    internal virtual void Withdraw()
    {
    }

    internal abstract void Fail(NodeFailedException failure);

    internal abstract void Raise(DeliveryOutcome outcome);

    /// <summary>The tickets that follow the element, each once.</summary>
    private protected abstract void AddTicketsTo(HashSet<Ticket> tickets);

    private IEnumerable<ActivityContext> Parents() =>
        Links.Count > 0 ? Links : Trace == default ? [] : [Trace];

    /// <summary>
    /// Each ticket and each trace once: what is batched and taken apart again and again, as in a loop, would double them
    /// each time.
    /// </summary>
    private sealed class Union
    {
        private readonly HashSet<Ticket> _tickets = [];
        private readonly HashSet<ActivityContext> _links = [];
        private ActivityContext _trace;

        public Union(ElementContext first) => Add(first);

        public void Add(ElementContext context)
        {
            context.AddTicketsTo(_tickets);
            _links.UnionWith(context.Parents());
            if (_trace == default)
            {
                _trace = context.Trace;
            }
        }

        public MergedContext ToContext() => new MergedContext([.. _tickets], _trace, [.. _links]);
    }

    /// <summary>The context of an element that was made from several.</summary>
    private sealed class MergedContext : ElementContext
    {
        private readonly Ticket[] _tickets;

        public MergedContext(Ticket[] tickets, ActivityContext trace, ActivityContext[] links)
        {
            _tickets = tickets;
            Trace = trace;
            Links = links;
        }

        public override IReadOnlyList<ActivityContext> Links { get; }

        public override void Hold()
        {
            foreach (var ticket in _tickets)
            {
                ticket.Hold();
            }
        }

        public override void Release()
        {
            foreach (var ticket in _tickets)
            {
                ticket.Release();
            }
        }

        public override void Retain()
        {
            foreach (var ticket in _tickets)
            {
                ticket.Retain();
            }
        }

        public override void ReleaseRetained()
        {
            foreach (var ticket in _tickets)
            {
                ticket.ReleaseRetained();
            }
        }

        internal override void Fail(NodeFailedException failure)
        {
            foreach (var ticket in _tickets)
            {
                ticket.Fail(failure);
            }
        }

        internal override void Raise(DeliveryOutcome outcome)
        {
            foreach (var ticket in _tickets)
            {
                ticket.Raise(outcome);
            }
        }

        private protected override void AddTicketsTo(HashSet<Ticket> tickets) => tickets.UnionWith(_tickets);
    }
}
