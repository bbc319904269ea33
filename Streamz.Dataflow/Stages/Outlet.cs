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
    internal abstract bool Halted { get; set; }

    /// <summary>
    /// Set when the stage has ended early, or when nobody downstream wants more: what is pushed from then on is dropped. Written and
    /// read as <see cref="Halted"/> is.
    /// </summary>
    internal abstract bool Completed { get; set; }

    /// <summary>
    /// Set when an element that belongs to a trace has come into the run: from then on each element is looked at, and an activity started for those that do. Read and
    /// written as <see cref="Halted"/> is.
    /// </summary>
    internal abstract bool Traced { get; set; }

    /// <summary>Elements that were passed on, however many branches each went to.</summary>
    internal abstract long Sent { get; }

    /// <summary>Elements that were pushed on while nothing was connected.</summary>
    internal long Discarded { get; private protected set; }

    /// <summary>
    /// A number that changes with each element that is pushed on, but for those that are abandoned or dropped here: the targets count them anyway.
    /// </summary>
    internal abstract long Pushed { get; }

    /// <summary>The inlets that elements go to, in the order of subscription.</summary>
    internal abstract IReadOnlyList<Inlet> Targets { get; }

    /// <summary>Adds a target behind the present ones.</summary>
    /// <param name="inlet">An inlet of the outlet's element type.</param>
    internal abstract void Connect(Inlet inlet);

    /// <summary>Takes targets away for good. Called by the one caller that the stage has at a time.</summary>
    /// <param name="isGone">Says which.</param>
    /// <returns>Those that were taken away.</returns>
    internal abstract IReadOnlyList<Inlet> Disconnect(Func<Inlet, bool> isGone);

    /// <summary>Puts a target in the place of another. Called by the one caller that the stage has at a time; <see cref="Seal"/> is to follow.</summary>
    /// <param name="target">The present target.</param>
    /// <param name="replacement">An inlet of the outlet's element type.</param>
    internal abstract void Replace(Inlet target, Inlet replacement);

    /// <summary>
    /// Decides where failures are caught, once all targets are connected and all outlets upstream are sealed. Again after a change, once no
    /// inlet of the segment is part of a chain any more.
    /// </summary>
    /// <param name="owner">The inlet of the stage that pushes here, if it has exactly one.</param>
    internal abstract void Seal(Inlet? owner);
}

/// <summary>Where elements of one type leave a stage.</summary>
/// <remarks>
/// A failure of a stage is caught where an element is pushed into it. A guard costs about as much as two stages, so a run of
/// forwarding stages (which do nothing after their own push) has one guard, at its entry: on its way each outlet notes, in the
/// <see cref="Chain"/> that the run shares, which stage it enters, and only the last one entered can have thrown.
/// </remarks>
/// <typeparam name="T">The type of the elements' values.</typeparam>
public sealed partial class Outlet<T> : Outlet
{
    private Inlet<T>[] _targets = [];
    private Chain?[] _chains = [];
    private Inlet<T>? _only;
    private Inlet<T>? _unguarded;
    private Chain? _chain;
    private int _position;
    private bool _isGuard = true;
    private bool _halted;
    private bool _completed;

    internal override IReadOnlyList<Inlet> Targets => _targets;

    internal override long Pushed
    {
        get
        {
            var pushed = Discarded;
            foreach (var target in _targets)
            {
                pushed += target.Received;
            }

            return pushed;
        }
    }

    internal override bool Halted
    {
        get => _halted;
        set
        {
            _halted = value;
            LookAtEach();
        }
    }

    internal override bool Completed
    {
        get => _completed;
        set
        {
            _completed = value;
            LookAtEach();
        }
    }

    /// <summary>
    /// Pushes one element on to every branch, in the order of subscription, each up to its first suspension; then waits for all.
    /// </summary>
    /// <param name="element">The element.</param>
    /// <returns>A task that is already complete unless something downstream waits; it never fails.</returns>
    // Compiled into each stage that pushes, so that there is no call between two stages of a run but that of the next one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask PushAsync(Element<T> element)
    {
        var target = _unguarded;
        if (target is null)
        {
            return PushOtherwiseAsync(element);
        }

        _chain!.Position = _position;
        target.Received++;
        return target.OnElementAsync(element);
    }

    private ValueTask PushOtherwiseAsync(Element<T> element) =>
        _isGuard && _only is { } target ? PushGuardedAsync(target, _chain, element) : PushToManyAsync(element);

    internal override void Connect(Inlet inlet) => ChangeTargets([.. _targets, (Inlet<T>)inlet]);

    internal override IReadOnlyList<Inlet> Disconnect(Func<Inlet, bool> isGone)
    {
        var gone = Array.FindAll(_targets, target => isGone(target));
        var kept = Array.FindAll(_targets, target => !isGone(target));
        _chains = [.. _targets.Zip(_chains).Where(pair => !isGone(pair.First)).Select(pair => pair.Second)];
        ChangeTargets(kept);
        _chain = _chains is [var single] ? single : null;
        ChooseOnly();
        return gone;
    }

    internal override void Replace(Inlet target, Inlet replacement) =>
        ChangeTargets(Array.ConvertAll(_targets, each => ReferenceEquals(each, target) ? (Inlet<T>)replacement : each));

    internal override void Seal(Inlet? owner)
    {
        if (_targets is [{ IsForwarding: true } next] && owner is { IsForwarding: true, Chain: { } chain })
        {
            _isGuard = false;
            _chain = chain;
            _chains = [chain];
            _position = chain.Add(next);
        }
        else if (_targets is [{ NeverFails: true } safe])
        {
            // It has a guard of its own.
            _isGuard = false;
            _position = 0;
            _chain = new Chain(safe);
            _chains = [_chain];
        }
        else
        {
            _isGuard = true;
            _chains = [.. _targets.Select(target => target.IsForwarding ? target.Chain ?? new Chain(target) : null)];
            _chain = _chains is [var single] ? single : null;
        }

        ChooseOnly();
    }

    private void ChooseOnly()
    {
        _only = _targets.Length == 1 ? _targets[0] : null;
        _unguarded = _isGuard ? null : _only;

        // The flags may be set by another thread at this moment: one of the two sees what the other wrote.
        Interlocked.MemoryBarrier();
        if (_halted || _completed || _traced)
        {
            LookAtEach();
        }
    }

    /// <summary>Leaves the short ways: what is pushed from now on is looked at first.</summary>
    private void LookAtEach()
    {
        Interlocked.MemoryBarrier();
        _unguarded = null;
        _only = null;
    }

    private static ValueTask PushGuardedAsync(Inlet<T> target, Chain? chain, Element<T> element)
    {
        target.Received++;
        try
        {
            if (chain is not null)
            {
                // What comes back is the push of the last stage of the run, which never fails.
                chain.Position = 0;
                return target.OnElementAsync(element);
            }

            var pending = target.OnElementAsync(element);
            return pending.IsCompletedSuccessfully ? default : FinishAsync(target, pending, element.Context);
        }
        catch (Exception failure)
        {
            return (chain?.Entered ?? target.Owner!).OnFailureAsync(failure, element.Context);
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
        if (_halted)
        {
            Owner.OnAbandoned(element.Context);
            return default;
        }

        if (_completed)
        {
            Owner.Drop(element.Context);
            return default;
        }

        if (_targets.Length == 0)
        {
            Discarded++;
            return default;
        }

        if (_traced && element.Context is { } context && context.Trace != default)
        {
            return PushTracedAsync(element, context);
        }

        if (_targets.Length == 1)
        {
            return PushUntracedAsync(_targets[0], element);
        }

        var guarded = Owner.BeginBranching();
        List<ValueTask>? pending = null;
        for (var i = 0; i < _targets.Length; i++)
        {
            var branch = PushGuardedAsync(_targets[i], _chains[i], element);
            if (!branch.IsCompletedSuccessfully)
            {
                (pending ??= []).Add(branch);
            }
        }

        return Owner.EndBranching(guarded, pending);
    }
}
