namespace Streamz.Dataflow.Tests.Catalogue;

/// <summary>The parts of the catalogue, in the order of its index.</summary>
internal enum Theme
{
    Sources,
    Elements,
    Choosing,
    State,
    Batches,
    Time,
    Joins,
    Branches,
    Flow,
    Sinks,
    Bridges,
    Cluster,
}

internal static class ThemeText
{
    public static string Title(this Theme theme) => theme switch
    {
        Theme.Sources => "Sources",
        Theme.Elements => "One element at a time",
        Theme.Choosing => "Choosing elements",
        Theme.State => "Running state",
        Theme.Batches => "Batches and windows",
        Theme.Time => "Time",
        Theme.Joins => "Joins",
        Theme.Branches => "Branches and groups",
        Theme.Flow => "Queues, errors and ends",
        Theme.Sinks => "Sinks",
        Theme.Bridges => "Bridges to other libraries",
        _ => "Clusters",
    };
}
