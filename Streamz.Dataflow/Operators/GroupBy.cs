using System.Globalization;
using System.Runtime.CompilerServices;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Graph.Hosting;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>The group by operator: each key has operators of its own.</summary>
/// <remarks>
/// <b>Order:</b> kept within a group; groups go on as they give. <b>Buffering:</b> what the operators of each group hold, for at most
/// <see cref="GroupByOptions.MaxGroups"/> groups. <b>Back-pressure:</b> all groups share one segment and take turns: an element that waits in one,
/// for downstream, a rate or an asynchronous delegate, keeps the others waiting. <b>Completion:</b> when the input ends, what the groups hold is
/// emitted, in the order in which the groups began. A group that is evicted, for room or because it was idle, emits what it holds and is
/// forgotten; a later element of its key begins a fresh group. <b>Faults:</b> an exception of the key, or a null key, fails the element at
/// this node; one of an operator of a group fails it under that operator's name and meets its error policy, if it states one, else that
/// of this node. After a fault no group is flushed.
/// </remarks>
public static class GroupByOperator
{
    /// <summary>
    /// Puts the elements of each key through operators of their own:
    /// <c>orders.GroupBy(order => order.Customer, group => group.Accumulate(0m, (sum, order) => sum + order.Total))</c>.
    /// </summary>
    /// <remarks>
    /// The body is called once, where the graph is defined; its delegates serve all groups, and the state of its operators is that of one
    /// group. It may contain everything that works on one element at a time, operators that act by the clock included. A body that needs the
    /// key in its delegates can take it in with the element: <c>stream.Map(x => (Key: KeyOf(x), Value: x)).GroupBy(pair => pair.Key, …)</c>.
    /// </remarks>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <typeparam name="TKey">The type of the key.</typeparam>
    /// <typeparam name="TOut">The type of what a group gives.</typeparam>
    /// <param name="stream">The stream.</param>
    /// <param name="key">The key of an element; not null.</param>
    /// <param name="group">
    /// Puts operators behind the stream of one group, and returns the last. Parallel operators, joins, sources, sinks, feedback, a
    /// cluster (Scatter), and nodes with a capacity of their own (Buffer) are refused.
    /// </param>
    /// <param name="limits">How many groups there may be, and when one ends. The default is null: the defaults of <see cref="GroupByOptions"/>.</param>
    /// <param name="comparer">Tells keys apart. The default is null: that of their type.</param>
    /// <param name="options">The name, capacity and error policy of the node.</param>
    /// <param name="expression">Filled in by the compiler, for the label of the node.</param>
    /// <returns>The stream of what the groups give, each with the key of its group.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/>, <paramref name="key"/> or <paramref name="group"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="group"/> returned null, or contains what a group cannot carry.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value of <paramref name="limits"/> is out of its range.</exception>
    public static Stream<KeyValuePair<TKey, TOut>> GroupBy<T, TKey, TOut>(
        this Stream<T> stream,
        Func<T, TKey> key,
        Func<Stream<T>, Stream<TOut>> group,
        GroupByOptions? limits = null,
        IEqualityComparer<TKey>? comparer = null,
        NodeOptions? options = null,
        [CallerArgumentExpression(nameof(key))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(group);
        limits ??= new GroupByOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxGroups, 1, $"{nameof(limits)}.{nameof(limits.MaxGroups)}");
        if (limits.IdleTimeout is { } idle)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(idle, TimeSpan.Zero, $"{nameof(limits)}.{nameof(limits.IdleTimeout)}");
        }

        var template = Template<T, TOut>.Define(group, new TemplateRules("GroupBy", "group", nameof(group)));
        return stream.Then(
            new OperatorNode<T, KeyValuePair<TKey, TOut>>("group_by", () => new GroupByStage<T, TKey, TOut>(key, template, limits, comparer))
            {
                Kind = NodeKind.Stateful,
                Hosted = template.Nodes,
                Details = $"{DelegateText.Of(expression)} {template.Text}".Trim(),
                MayWait = template.MayWait,
                IsBoundary = template.IsBoundary || limits.IdleTimeout is not null,
                NotesArrivals = template.NotesArrivals,
            },
            options);
    }

    /// <summary>
    /// Groups are found by their key, and kept in the order of their last elements, so that the one to evict is at the end of a list.
    /// </summary>
    private sealed class GroupByStage<T, TKey, TOut>(
        Func<T, TKey> key,
        Template<T, TOut> template,
        GroupByOptions limits,
        IEqualityComparer<TKey>? comparer) : Stage<T, KeyValuePair<TKey, TOut>>, ISnapshot, IAsyncDisposable
        where TKey : notnull
    {
        private readonly Dictionary<TKey, Group> _groups = new(comparer);
        private readonly Group _ends = new(null!, default!, null!);
        private readonly bool _notesArrivals = template.NotesArrivals;
        private StageHost _host = null!;
        private HostedTick? _idle;
        private bool _isIdleArmed;
        private long _begun;

        public override async ValueTask OnStartAsync()
        {
            Prepare();
            foreach (var restored in _groups.Values.OrderBy(group => group.Number).ToList())
            {
                await restored.Stages.StartAsync().ConfigureAwait(true);
            }
        }

        public override ValueTask OnElementAsync(Element<T> element)
        {
            var itsKey = key(element.Value);
            if (!_groups.TryGetValue(itsKey, out var group))
            {
                return BeginAsync(itsKey, element);
            }

            group.Unlink();
            Touch(group);
            var pending = PushIn(group, element);
            return pending.IsCompletedSuccessfully ? group.Stages.FinishEndingAsync() : FinishAsync(group, pending);
        }

        public override ValueTask OnTickAsync() => _host.Ticks.ServeAsync();

        public override async ValueTask OnFlushAsync()
        {
            foreach (var group in _groups.Values.OrderBy(group => group.Number).ToList())
            {
                await group.Stages.FlushAsync().ConfigureAwait(true);
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var group in _groups.Values)
            {
                await group.Stages.DisposeAsync().ConfigureAwait(true);
            }
        }

        public void Save(SnapshotWriter snapshot)
        {
            if (_groups.Count == 0)
            {
                return;
            }

            // The one that was used least recently first.
            var groups = new List<Group>(_groups.Count);
            for (var group = _ends.Newer; group != _ends; group = group.Newer)
            {
                groups.Add(group);
            }

            snapshot.Write("groups", groups.Select(group => new SavedGroup<TKey>(group.Key, group.Number, _idle is null ? default : _host.Ticks.Now - group.LastUsed)).ToArray());
            foreach (var group in groups)
            {
                snapshot.Write(NameOf(group.Number), group.Stages.Save);
            }
        }

        public void Restore(SnapshotReader snapshot)
        {
            Prepare();
            foreach (var (itsKey, number, idle) in snapshot.Read<SavedGroup<TKey>[]>("groups"))
            {
                var group = Add(itsKey, number);
                group.LastUsed -= idle;
                group.Stages.Restore(snapshot.ReadPart(NameOf(number)));
                _begun = Math.Max(_begun, number + 1);
            }

            if (_idle is not null)
            {
                ArmIdle(limits.IdleTimeout!.Value - (_host.Ticks.Now - _ends.Newer.LastUsed));
            }
        }

        private static string NameOf(long group) => string.Create(CultureInfo.InvariantCulture, $"group {group}");

        private void Prepare()
        {
            if (_host is null)
            {
                _host = new StageHost(Context, this);
                _idle = limits.IdleTimeout is null ? null : new HostedTick(EndIdleAsync);
            }
        }

        private Group Add(TKey itsKey, long number)
        {
            var group = new Group(this, itsKey, new HostedStages(_host!, template.Result)) { Number = number };
            group.Entrance = template.Build(Context, group, (node, stage) => group.Stages.Add(node, stage));
            _groups.Add(itsKey, group);
            Touch(group);
            return group;
        }

        private void ArmIdle(TimeSpan left)
        {
            _isIdleArmed = true;
            _host!.Ticks.Schedule(_idle!, left, isPending: false);
        }

        private async ValueTask BeginAsync(TKey itsKey, Element<T> element)
        {
            if (_groups.Count >= limits.MaxGroups)
            {
                if (limits.WhenFull == GroupsFullMode.Fault)
                {
                    throw new InvalidOperationException(
                        $"'{Context.NodeName}' has {limits.MaxGroups} groups, and an element begins another one. Raise GroupByOptions.MaxGroups, set an IdleTimeout, or let the least recently used group be evicted.");
                }

                await EndAsync(_ends.Newer).ConfigureAwait(true);
            }

            var group = Add(itsKey, _begun++);
            if (_idle is not null && !_isIdleArmed)
            {
                ArmIdle(limits.IdleTimeout!.Value);
            }

            await group.Stages.StartAsync().ConfigureAwait(true);
            await FinishAsync(group, PushIn(group, element)).ConfigureAwait(true);
        }

        private ValueTask PushIn(Group group, Element<T> element)
        {
            if (!_notesArrivals)
            {
                return group.Entrance.PushAsync(element);
            }

            // Up to the first wait, and no further.
            _host.ArrivedAt = Context.ArrivedAt;
            var pending = group.Entrance.PushAsync(element);
            _host.ArrivedAt = null;
            return pending;
        }

        private static async ValueTask FinishAsync(Group group, ValueTask pending)
        {
            await pending.ConfigureAwait(true);
            await group.Stages.FinishEndingAsync().ConfigureAwait(true);
        }

        private void Touch(Group group)
        {
            group.LinkBefore(_ends);
            if (_idle is not null)
            {
                group.LastUsed = _host.Ticks.Now;
            }
        }

        private async ValueTask EndAsync(Group group)
        {
            // Gone before it is flushed: an element of its key that comes round a loop begins a fresh group.
            group.Unlink();
            _groups.Remove(group.Key);
            await group.Stages.FlushAsync().ConfigureAwait(true);
            await group.Stages.DisposeAsync().ConfigureAwait(true);
        }

        private async ValueTask EndIdleAsync()
        {
            var idleTimeout = limits.IdleTimeout!.Value;
            _isIdleArmed = false;
            while (_ends.Newer != _ends)
            {
                var left = idleTimeout - (_host.Ticks.Now - _ends.Newer.LastUsed);
                if (left > TimeSpan.Zero)
                {
                    ArmIdle(left);
                    return;
                }

                await EndAsync(_ends.Newer).ConfigureAwait(true);
            }
        }

        /// <summary>One group, and the end of its operators: what arrives there goes on with the key.</summary>
        private sealed class Group : Inlet<TOut>
        {
            private readonly GroupByStage<T, TKey, TOut> _owner;
            private Group _older;

            public Group(GroupByStage<T, TKey, TOut> owner, TKey key, HostedStages stages)
            {
                _owner = owner;
                Key = key;
                Stages = stages;
                _older = Newer = this;
            }

            internal override bool IsForwarding => true;

            public TKey Key { get; }

            public HostedStages Stages { get; }

            public long Number { get; init; }

            public Outlet<T> Entrance { get; set; } = null!;

            /// <summary>The group that was used next; of the ends of the list, the one that was used least recently.</summary>
            public Group Newer { get; private set; }

            public TimeSpan LastUsed { get; set; }

            public override ValueTask OnElementAsync(Element<TOut> element) =>
                _owner.PushAsync(element.With(KeyValuePair.Create(Key, element.Value)));

            public void Unlink()
            {
                _older.Newer = Newer;
                Newer._older = _older;
            }

            public void LinkBefore(Group ends)
            {
                (_older, Newer) = (ends._older, ends);
                _older.Newer = ends._older = this;
            }
        }
    }

    private sealed record SavedGroup<TKey>(TKey Key, long Number, TimeSpan Idle);
}

/// <summary>How many groups a GroupBy may have, and when one ends.</summary>
public sealed record GroupByOptions
{
    /// <summary>How many groups there may be at once.</summary>
    /// <value>One or more. The default is 100,000.</value>
    public int MaxGroups { get; init; } = 100_000;

    /// <summary>How long a group may get no element before it is evicted.</summary>
    /// <value>More than zero. The default is <see langword="null"/>: groups are evicted for room only.</value>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>What happens when an element begins one group more than <see cref="MaxGroups"/>.</summary>
    /// <value>The default is <see cref="GroupsFullMode.EvictLeastRecentlyUsed"/>.</value>
    public GroupsFullMode WhenFull { get; init; }
}

/// <summary>What happens when a GroupBy has no room for another group.</summary>
public enum GroupsFullMode
{
    /// <summary>The group that has waited longest for an element ends: it emits what it holds and is forgotten.</summary>
    EvictLeastRecentlyUsed,

    /// <summary>The element fails, and meets the error policy of the node.</summary>
    Fault,
}
