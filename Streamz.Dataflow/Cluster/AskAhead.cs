namespace Streamz.Dataflow;

/// <summary>
/// Has the values of a stream asked for as soon as they are to be, once a Gather behind it says that it will take them: their results come back while
/// those in front of them are still awaited. Set while the graph is built, read while it runs.
/// </summary>
/// <param name="cluster">The cluster that the values are on.</param>
internal sealed class AskAhead(ICluster cluster)
{
    private volatile bool _isOn;

    public void TurnOn() => _isOn = true;

    /// <summary>Why values of a type cannot be on the cluster, if so.</summary>
    public string? ObjectionTo<T>() => cluster.Objection(typeof(T));

    /// <summary>Asks for a value, if somebody will gather it.</summary>
    public ClusterValue<T> For<T>(ClusterValue<T> value)
    {
        if (_isOn)
        {
            cluster.Ask(value);
        }

        return value;
    }
}
