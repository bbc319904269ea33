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
public sealed class ElementContext
{
    private readonly Ticket? _ticket;
    private readonly Ticket[] _others;

    internal ElementContext(Ticket? ticket, ActivityContext trace)
        : this(ticket, [], trace, [])
    {
    }

    private ElementContext(Ticket? ticket, Ticket[] others, ActivityContext trace, ActivityContext[] links)
    {
        _ticket = ticket;
        _others = others;
        Trace = trace;
        Links = links;
    }

    /// <summary>The trace context in force where the element was emitted; the first parent's for a merged element.</summary>
    public ActivityContext Trace { get; private set; }

    /// <summary>The trace contexts of all parents of an element that was made from several; empty otherwise.</summary>
    public IReadOnlyList<ActivityContext> Links { get; }

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
    public void Hold()
    {
        _ticket?.Acquire();
        foreach (var ticket in _others)
        {
            ticket.Acquire();
        }
    }

    /// <summary>Ends what <see cref="Hold"/> began.</summary>
    public void Release()
    {
        _ticket?.Release();
        foreach (var ticket in _others)
        {
            ticket.Release();
        }
    }

    /// <summary>Keeps the element from being released, though it may be delivered, until <see cref="ReleaseRetained"/>.</summary>
    public void Retain()
    {
        _ticket?.Retain();
        foreach (var ticket in _others)
        {
            ticket.Retain();
        }
    }

    /// <summary>Ends what <see cref="Retain"/> began.</summary>
    public void ReleaseRetained()
    {
        _ticket?.ReleaseRetained();
        foreach (var ticket in _others)
        {
            ticket.ReleaseRetained();
        }
    }

    /// <summary>The element of a ticket begins its way, with the trace of its emitter.</summary>
    internal void Begin(ActivityContext trace) => Trace = trace;

    /// <summary>The pipeline has taken an element as it was emitted, and with it the count of its issuer.</summary>
    internal void Accept() => _ticket?.Accept();

    /// <summary>The pipeline has not taken an element that was to be emitted.</summary>
    internal void Withdraw() => _ticket?.Withdraw();

    internal void Fail(NodeFailedException failure)
    {
        _ticket?.Fail(failure);
        foreach (var ticket in _others)
        {
            ticket.Fail(failure);
        }
    }

    internal void Raise(DeliveryOutcome outcome)
    {
        _ticket?.Raise(outcome);
        foreach (var ticket in _others)
        {
            ticket.Raise(outcome);
        }
    }

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
            if (context._ticket is { } ticket)
            {
                _tickets.Add(ticket);
            }

            _tickets.UnionWith(context._others);
            _links.UnionWith(context.Parents());
            if (_trace == default)
            {
                _trace = context.Trace;
            }
        }

        public ElementContext ToContext() => new(null, [.. _tickets], _trace, [.. _links]);
    }
}
