namespace Streamz.Dataflow.Stages;

/// <summary>Keeps the list that a batch was gathered in for a later one, so that a stage allocates the batches only. Belongs to the one caller of its stage.</summary>
internal sealed class SpareList<T>
{
    private List<Element<T>>? _spare;

    /// <summary>An empty list, to be given back when what it gathered has been released.</summary>
    public List<Element<T>> Take()
    {
        var list = _spare ?? [];
        _spare = null;
        return list;
    }

    /// <summary>Takes a list back. One that was nearly empty is let go: a single large batch must not keep its memory for ever.</summary>
    public void GiveBack(List<Element<T>> list)
    {
        if (list.Count >= list.Capacity / 8)
        {
            list.Clear();
            _spare = list;
        }
    }
}
