using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Stages;

/// <summary>Where elements leave a stage, whatever their type.</summary>
public abstract class Outlet
{
    private protected Outlet()
    {
    }

    /// <summary>The context of the stage that this outlet belongs to.</summary>
    internal StageContext Owner { get; set; } = null!;

    /// <summary>
    /// Set when a node downstream has failed and the pipeline stops: what is pushed from then on is abandoned.
    /// Written once by the failing segment, read without a fence: a late reader only hands over one element more, to an
    /// input that discards it.
    /// </summary>
    internal bool Halted;

    /// <summary>Elements that were pushed on while nothing was connected.</summary>
    internal long Discarded { get; private protected set; }

    /// <summary>The inlets that elements go to, in the order of subscription.</summary>
    internal abstract IReadOnlyList<Inlet> Targets { get; }

    /// <summary>Adds a target behind the present ones.</summary>
    /// <param name="inlet">An inlet of the outlet's element type.</param>
    internal abstract void Connect(Inlet inlet);

    /// <summary>Calls the visitor with the type of the elements.</summary>
    internal abstract TResult Accept<TResult>(IOutletVisitor<TResult> visitor);
}

/// <summary>Receives an outlet with its type.</summary>
/// <typeparam name="TResult">What is made of the outlet.</typeparam>
internal interface IOutletVisitor<out TResult>
{
    /// <summary>Receives the outlet.</summary>
    TResult Visit<T>(Outlet<T> outlet);
}

/// <summary>Where elements of one type leave a stage.</summary>
/// <typeparam name="T">The type of the elements' values.</typeparam>
public sealed class Outlet<T> : Outlet
{
    private Inlet<T>[] _targets = [];
    private Inlet<T>? _only;

    internal override IReadOnlyList<Inlet> Targets => _targets;

    /// <summary>
    /// Pushes one element on to every branch, in the order of subscription, each up to its first suspension; then waits for all.
    /// </summary>
    /// <param name="element">The element.</param>
    /// <returns>A task that is already complete unless something downstream waits; it never fails.</returns>
    public ValueTask PushAsync(Element<T> element)
    {
        var target = _only;
        return target is null || Halted ? PushToManyAsync(element) : PushToOneAsync(target, element);
    }

    internal override void Connect(Inlet inlet)
    {
        _targets = [.. _targets, (Inlet<T>)inlet];
        _only = _targets.Length == 1 ? _targets[0] : null;
    }

    internal override TResult Accept<TResult>(IOutletVisitor<TResult> visitor) => visitor.Visit(this);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ValueTask PushToOneAsync(Inlet<T> target, Element<T> element)
    {
        target.Received++;
        try
        {
            var pending = target.OnElementAsync(element);
            return pending.IsCompletedSuccessfully ? default : FinishAsync(target, pending, element.Context);
        }
        catch (Exception failure)
        {
            return target.Owner!.OnFailureAsync(failure, element.Context);
        }
    }

    // Awaits come back to the scheduler that the segment runs on: the next delegate of the chain must run there too.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask FinishAsync(Inlet<T> target, ValueTask pending, ElementContext? context)
    {
        try
        {
            await pending.ConfigureAwait(true);
        }
        catch (Exception failure)
        {
            await target.Owner!.OnFailureAsync(failure, context).ConfigureAwait(true);
        }
    }

    private ValueTask PushToManyAsync(Element<T> element)
    {
        if (Halted)
        {
            Owner.OnAbandoned(element.Context);
            return default;
        }

        if (_targets.Length == 0)
        {
            Discarded++;
            return default;
        }

        var guarded = Owner.BeginBranching();
        List<ValueTask>? pending = null;
        foreach (var target in _targets)
        {
            var branch = PushToOneAsync(target, element);
            if (!branch.IsCompletedSuccessfully)
            {
                (pending ??= []).Add(branch);
            }
        }

        return Owner.EndBranching(guarded, pending);
    }
}
