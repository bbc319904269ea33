namespace Streamz.Dataflow.Stages;

/// <summary>One side of a join: what it has to give, and what it holds of its elements.</summary>
/// <param name="index">The index of the input; negative for a side without one.</param>
internal abstract class JoinSide(int index)
{
    public int Index { get; } = index;

    public bool HasEnded { get; set; }

    /// <summary>What travels with the value that is being given, as long as the side holds it.</summary>
    public ElementContext? Given { get; set; }

    /// <summary>Whether the side has a value to give.</summary>
    public abstract bool IsReady { get; }

    /// <summary>Whether each element is given once, in order; otherwise only the newest is given, as often as it is asked for.</summary>
    public virtual bool IsLossless => false;

    /// <summary>What travels with the value that is given next.</summary>
    public abstract ElementContext? Context { get; }

    /// <summary>Lets go of what the side remembers without owing anything for it.</summary>
    public virtual void ReleaseRetained()
    {
    }

    /// <summary>Takes back the oldest element of a lossless side without giving it.</summary>
    public virtual ElementContext? Discard() => null;

    /// <summary>Writes what the side holds.</summary>
    public virtual void Save(SnapshotWriter snapshot, string name)
    {
    }

    /// <summary>Takes up what <see cref="Save"/> has written.</summary>
    /// <returns>How many places it takes.</returns>
    public virtual int Restore(SnapshotReader snapshot, string name) => 0;
}

/// <summary>A side whose values are of one type.</summary>
internal abstract class JoinSide<T>(int index) : JoinSide(index)
{
    /// <summary>Gives the next value.</summary>
    public abstract T Take();
}

/// <summary>A side that gives the same value as often as it is asked.</summary>
internal sealed class ConstantSide<T>(T value) : JoinSide<T>(-1)
{
    public override bool IsReady => true;

    public override ElementContext? Context => null;

    public override T Take() => value;
}

/// <summary>A side that only remembers its newest element.</summary>
internal sealed class LatestSide<T>(int index) : JoinSide<T>(index)
{
    private Element<T> _newest;
    private bool _isReady;

    public override bool IsReady => _isReady;

    public override ElementContext? Context => _newest.Context;

    public void Set(Element<T> element)
    {
        element.Context?.Retain();
        _newest.Context?.ReleaseRetained();
        _newest = element;
        _isReady = true;
    }

    public override T Take() => _newest.Value;

    public override void ReleaseRetained()
    {
        // The value stays: a loop that comes to rest may move again.
        _newest.Context?.ReleaseRetained();
        _newest = new Element<T>(_newest.Value, null);
    }

    public override void Save(SnapshotWriter snapshot, string name)
    {
        if (_isReady)
        {
            snapshot.Write(name, _newest.Value);
        }
    }

    public override int Restore(SnapshotReader snapshot, string name)
    {
        if (snapshot.Contains(name))
        {
            Set(new Element<T>(snapshot.Read<T>(name), null));
        }

        return 0;
    }
}

/// <summary>A side that holds its elements in order.</summary>
internal sealed class LosslessSide<T>(int index) : JoinSide<T>(index)
{
    private readonly Queue<Element<T>> _held = new();

    public override bool IsReady => _held.Count > 0;

    public override bool IsLossless => true;

    public override ElementContext? Context => _held.Peek().Context;

    public void Add(Element<T> element) => _held.Enqueue(element);

    public override T Take() => _held.Dequeue().Value;

    public override ElementContext? Discard() => _held.Dequeue().Context;

    public override void Save(SnapshotWriter snapshot, string name) => snapshot.WriteElements(name, _held);

    public override int Restore(SnapshotReader snapshot, string name)
    {
        foreach (var element in snapshot.ReadElements<T>(name))
        {
            _held.Enqueue(element);
        }

        return _held.Count;
    }
}

/// <summary>Makes the sides of a join, one for each input.</summary>
internal interface ISideMaker
{
    /// <summary>Adds the next input and its side.</summary>
    JoinSide<T> AddSide<T>();
}
