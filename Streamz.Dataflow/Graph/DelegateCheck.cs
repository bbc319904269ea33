using System.Reflection;
using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Graph;

/// <summary>Refuses delegates whose work nobody would wait for.</summary>
internal static class DelegateCheck
{
    /// <summary>Refuses a synchronous delegate that makes tasks: the elements would be the tasks themselves.</summary>
    public static void RefuseTaskResult<TResult>(Delegate function, string operatorName)
    {
        var type = typeof(TResult);
        if (typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask)
            || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>)))
        {
            throw new ArgumentException(
                $"{operatorName} with '{function.Method.Name}' would make a stream of {TypeName.Of(type)}, whose tasks nobody awaits. Leave the type arguments out, so that the asynchronous overload is taken.");
        }
    }

    /// <summary>Refuses an action made from an asynchronous method: nobody would wait for it or see it fail.</summary>
    public static void RefuseAsyncVoid(Delegate action, string operatorName)
    {
        if (action.Method.GetCustomAttribute<AsyncStateMachineAttribute>() is not null)
        {
            throw new ArgumentException(
                $"{operatorName} got '{action.Method.Name}', an asynchronous method that returns nothing, so that nobody could wait for it or see it fail. Let it return a Task.");
        }
    }

    /// <summary>Makes a null task a failure with a readable text.</summary>
    public static TTask NotNull<TTask>(TTask? task)
        where TTask : Task
        => task ?? throw new InvalidOperationException("The delegate returned a null task.");
}
